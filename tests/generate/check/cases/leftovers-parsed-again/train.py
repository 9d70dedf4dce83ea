import argparse

import wandb
import yaml

first = argparse.ArgumentParser(add_help=False)
first.add_argument("--config")
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)


def parse():
    given, rest = first.parse_known_args()
    if given.config:
        with open(given.config) as stream:
            parser.set_defaults(**yaml.safe_load(stream))
    return parser.parse_args(rest)


args = parse()
wandb.init(config=args)
wandb.log({"loss": args.lr})
