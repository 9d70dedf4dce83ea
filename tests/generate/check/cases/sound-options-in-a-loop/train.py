import argparse

import wandb

DEFAULTS = {"lr": 0.1, "sizes": (1, 2)}
MORE = {"decay": 0.1}
MORE["momentum"] = 0.9

parser = argparse.ArgumentParser()
for key, value in DEFAULTS.items():
    if isinstance(value, tuple):
        parser.add_argument("--" + key, type=type(value[0]), nargs="+", default=value)
    else:
        parser.add_argument("--" + key, type=type(value), default=value)
for key, value in MORE.items():
    parser.add_argument(f"--{key}", type=float, default=value)
args = parser.parse_args()
wandb.init(config=vars(args))
for size in args.sizes:
    wandb.log({"loss": size * args.lr * args.momentum})
