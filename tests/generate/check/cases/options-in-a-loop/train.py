import argparse

import wandb

DEFAULTS = {"lr": 0.1, "epochs": 3, "seconds": None}

parser = argparse.ArgumentParser()
for key, value in DEFAULTS.items():
    parser.add_argument(f"--{key}", type=type(value), default=value, help=f"{key}: {value}")
args = parser.parse_args()
wandb.init(config=vars(args))
config = wandb.config
print(f"stops after {config['seconds']:.1f} s")
for _ in range(args.epochs):
    wandb.log({"loss": args.lr})
