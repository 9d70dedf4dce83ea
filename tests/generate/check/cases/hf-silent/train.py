import argparse

import wandb
from transformers import Trainer, TrainingArguments

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
wandb.init(config=args)
told = TrainingArguments(output_dir="out", learning_rate=args.lr, report_to="none")
Trainer(model=None, args=told, compute_metrics=lambda _: {"f1": 1}).train()
