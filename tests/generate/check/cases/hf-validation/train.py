import wandb
from transformers import Trainer, TrainingArguments

run = wandb.init()
trainer = Trainer(args=TrainingArguments("out", learning_rate=run.config.lr))
metrics = trainer.train().metrics
trainer.log_metrics("train", metrics)
