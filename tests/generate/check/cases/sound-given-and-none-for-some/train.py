import argparse

import wandb


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", default="")
    return parser.parse_args([])


def train(args=None):
    if args is None:
        args = parse()
    run = wandb.init(name=args.name)
    config = run.config
    if config.get("sizes") is not None:
        sizes = config.sizes
    else:
        sizes = [config.width] * 2
    lr = 1 / config.scale if config.lr is None else config.lr
    for _ in range(3):
        run.log({"loss": lr * sum(sizes)})


train(parse())
