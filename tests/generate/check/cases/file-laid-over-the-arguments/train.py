import argparse

import wandb
import yaml


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", default="base.yaml")
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--width", type=int, default=1)
    args = parser.parse_args()
    with open(args.config) as stream:
        settings = yaml.safe_load(stream)
    for key, value in settings.items():
        setattr(args, key, value)
    return args


args = parse()
run = wandb.init(config=vars(args))
run.log({"loss": args.lr * args.width * args.depth})
