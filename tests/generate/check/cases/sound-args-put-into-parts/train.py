import argparse

import wandb

cfg = {"sgd": {"epochs": 3}, "steps": 3}


def steps():
    return cfg["steps"] * cfg["lr"]


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--momentum", type=float, default=0.1)
args = parser.parse_args()
cfg["sgd"].update(vars(args))
cfg.update(vars(args))
run = wandb.init(config=args)
run.log({"loss": cfg["sgd"]["momentum"] * cfg["sgd"]["epochs"] * steps()})
