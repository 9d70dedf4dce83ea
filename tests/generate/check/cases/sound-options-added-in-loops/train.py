import argparse

import wandb

DEFAULTS = {"learning_rate": 0.1, "bias": True}


def boolean(word):
    return word in ("True", "true")


parser = argparse.ArgumentParser()
for key, value in DEFAULTS.items():
    kind = type(value)
    if isinstance(value, bool):
        kind = boolean
    parser.add_argument(f"--{key}", type=kind, default=value)
names = ["width"]
names.append("depth")
for name in names:
    parser.add_argument(f"--{name}", type=int, default=1)
args = parser.parse_args()
wandb.init(config=vars(args))
rate = args.learning_rate * args.depth
wandb.log({"loss": rate + args.width if args.bias else rate})
