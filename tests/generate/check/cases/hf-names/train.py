import wandb
from transformers import Trainer, TrainingArguments

run = wandb.init()
arguments = TrainingArguments("out", learning_rate=run.config.lr, eval_strategy="epoch")
Trainer(args=arguments, eval_dataset=[1]).train()
