import argparse

import wandb


def train():
    from settings import Settings

    run = wandb.init()
    more = Settings.from_file_or_defaults("conf/more.yaml")
    settings = Settings.from_yaml("conf/base.yaml")
    run.log({"loss": run.config.lr * settings.width * more.width})


parser = argparse.ArgumentParser()
parser.add_argument("--sweep_id")
parser.add_argument("--lr", type=float)
args = parser.parse_args()
if args.sweep_id:
    wandb.agent(args.sweep_id, function=train)
else:
    train()
