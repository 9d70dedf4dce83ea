import wandb
from data import dataset
from transformers import AutoModel, Trainer, TrainingArguments


class Mine(Trainer):
    def evaluate(self, *args, **kwargs):
        metrics = dataset.measure(self.model)
        self.log(metrics)
        return metrics


with wandb.init() as run:
    arguments = TrainingArguments("out", learning_rate=run.config.lr, report_to="wandb")
    trainer = Mine(AutoModel.from_pretrained("bert-base-uncased"), arguments)
    trainer.train()
