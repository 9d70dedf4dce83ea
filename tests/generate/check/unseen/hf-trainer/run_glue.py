from dataclasses import dataclass, field

import evaluate
import numpy as np
from datasets import load_dataset
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    HfArgumentParser,
    Trainer,
    TrainingArguments,
)


@dataclass
class DataArguments:
    task: str = field(default="mrpc", metadata={"help": "which GLUE task"})
    max_length: int = field(default=128)


def compute_metrics(pred):
    metric = evaluate.load("f1")
    return metric.compute(predictions=np.argmax(pred.predictions, -1), references=pred.label_ids)


def main():
    parser = HfArgumentParser((DataArguments, TrainingArguments))
    data_args, training_args = parser.parse_args_into_dataclasses()
    training_args.report_to = ["wandb"]
    raw = load_dataset("glue", data_args.task)
    tokenizer = AutoTokenizer.from_pretrained("bert-base-cased")
    encoded = raw.map(
        lambda row: tokenizer(
            row["sentence1"], row["sentence2"], truncation=True, max_length=data_args.max_length
        ),
        batched=True,
    )
    trainer = Trainer(
        model=AutoModelForSequenceClassification.from_pretrained("bert-base-cased"),
        args=training_args,
        train_dataset=encoded["train"],
        eval_dataset=encoded["validation"],
        compute_metrics=compute_metrics,
    )
    trainer.train()
    trainer.evaluate()


if __name__ == "__main__":
    main()
