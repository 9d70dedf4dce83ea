from dataclasses import dataclass

import wandb
from somelib import settings_parser
from somelib.files import load_config


@dataclass
class Model:
    depth: int = 2


wandb.init()
model = settings_parser.parse((Model, int))
config = load_config("base.yaml")
wandb.log({"loss": model.depth * config.height})
