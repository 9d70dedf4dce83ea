import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--optimizer")
parser.add_argument("--debug")
parser.add_argument("--quick", action="store_true")
args = parser.parse_args()
rounds = 3 if args.quick else 30
if not args.quick:
    rounds += args.more
config = wandb.init().config
if config.optimizer == "sgd":
    rate = config.lr * config.momentum
elif config.optimizer == "lion":
    rate = config.lr * config.beta
elif "scale" in config:
    rate = config.lr * config.scale
else:
    rate = config.lr * (config.factor if hasattr(config, "factor") else 1)
if len(config.keys()) > 0:
    rate += config.shift
wandb.log({"loss": rate * rounds})
