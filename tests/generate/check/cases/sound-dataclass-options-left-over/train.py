from dataclasses import dataclass

import wandb
from transformers import HfArgumentParser


@dataclass
class ModelArguments:
    width: int = 8


parser = HfArgumentParser(ModelArguments)
args, rest = parser.parse_args_into_dataclasses(return_remaining_strings=True)
wandb.init()
wandb.log({"loss": args.width * wandb.config.depth})
