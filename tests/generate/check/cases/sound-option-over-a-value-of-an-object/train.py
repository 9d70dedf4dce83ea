import argparse
from dataclasses import dataclass, field

import wandb


@dataclass
class Data:
    kind: str = "images"


@dataclass
class Settings:
    data: Data = field(default_factory=Data)


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--kind")
args = parser.parse_args()
settings = Settings()
if args.kind:
    settings.data.kind = args.kind
if settings.data.kind == "images":
    size = 3
else:
    raise ValueError(settings.data.kind)
run = wandb.init(config=args)
run.log({"loss": size * args.lr})
