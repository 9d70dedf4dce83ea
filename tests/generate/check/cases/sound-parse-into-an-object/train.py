import argparse

import wandb


class Settings:
    lr = 0.1
    depth = 2


settings = Settings()
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--depth", type=int)
parser.parse_args(namespace=settings)
run = wandb.init(config=vars(settings))
run.log({"loss": settings.lr * settings.depth})
