from dataclasses import dataclass, field
from typing import Literal, Optional

import wandb
from transformers import HfArgumentParser, Trainer, TrainingArguments


@dataclass
class DataArguments:
    folder: str = field(metadata={"help": "Where the texts are."})
    longest: int = 128


@dataclass
class ModelArguments:
    kind: Literal["plain", "tall"] = "plain"
    dropout: Optional[float] = field(default=None, metadata={"aliases": ["--drop_rate"]})


parser = HfArgumentParser((ModelArguments, DataArguments, TrainingArguments))
model_args, data_args, training_args = parser.parse_args_into_dataclasses()
trainer = Trainer(args=training_args)
wandb.init()
wandb.log({"loss": 0.5})
