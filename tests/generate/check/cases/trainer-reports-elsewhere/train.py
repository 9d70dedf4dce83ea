import argparse

import wandb
from data import rows
from transformers import Trainer, TrainingArguments

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
wandb.init(config=args)
settings = TrainingArguments(
    "out", learning_rate=args.lr, eval_strategy="epoch", report_to=["tensorboard"]
)
Trainer("model", settings, train_dataset=rows, eval_dataset=rows).train()
