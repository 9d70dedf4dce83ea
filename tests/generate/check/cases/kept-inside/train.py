import argparse

import wandb
from settings import Settings


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--depth", type=int, default=2)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--warmup_steps", type=int, default=1)
    return parser.parse_args()


settings = Settings(parse())
wandb.init(config=settings.as_dict())
for step in range(settings.steps_of("warmup")):
    wandb.log({"loss": settings.depth / (step + 1)})
