import wandb
from transformers import Trainer, TrainingArguments

run = wandb.init()
arguments = TrainingArguments("out", learning_rate=run.config.lr, eval_strategy="epoch")
trainer = Trainer(args=arguments, eval_dataset=[1], compute_metrics=lambda found: {"f1": found.f1})
metrics = trainer.train().metrics
trainer.log_metrics("train", metrics)
