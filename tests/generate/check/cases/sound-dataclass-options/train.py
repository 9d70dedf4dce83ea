import os
import sys
from dataclasses import dataclass, field

import wandb
from transformers import HfArgumentParser, Seq2SeqTrainingArguments, Trainer


@dataclass
class Base:
    depth: int = 2


@dataclass
class ModelArguments(Base):
    width: int = field(default=8)
    bias: bool = True


@dataclass
class OwnArguments(Seq2SeqTrainingArguments):
    share: float = 0.5


parser = HfArgumentParser([ModelArguments, OwnArguments])
if len(sys.argv) == 2 and sys.argv[1].endswith(".json"):
    model_args, args = parser.parse_json_file(json_file=os.path.abspath(sys.argv[1]))
else:
    model_args, args = parser.parse_args_into_dataclasses()
wandb.init(config=vars(parser.parse_args()))
Trainer(args=args).train()
wandb.log({"loss": args.share * model_args.width * model_args.depth * model_args.bias})
