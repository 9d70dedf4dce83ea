import argparse

import wandb
from data import load
from transformers import AutoModel, Trainer, TrainingArguments


def train(model, lr, use_wandb=False):
    arguments = TrainingArguments(
        output_dir="out",
        learning_rate=lr,
        report_to="wandb" if use_wandb else "none",
    )
    trainer = Trainer(model=model, args=arguments, train_dataset=load(), eval_dataset=load())
    trainer.train()
    trainer.evaluate()


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--wandb", action="store_true")
args = parser.parse_args()
model = AutoModel.from_pretrained("tiny")
model.train()

if args.wandb:
    wandb.init(config=vars(args))

train(model, args.lr, use_wandb=args.wandb)
