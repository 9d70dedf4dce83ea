import argparse
from dataclasses import dataclass, fields

import wandb
from settings import DEFAULTS, EXTRA, Parameter

NAMES = ["learning_rate", "batch_size"]


@dataclass
class Model:
    width: int = 8


def add_all(parser, parameters):
    parameters = parameters + EXTRA
    for parameter in parameters:
        name = f"--{parameter.name.replace('_', '-')}"
        given = {"default": parameter.default}
        parser.add_argument(name, **given)


parser = argparse.ArgumentParser()
for name in NAMES:
    parser.add_argument("--" + name.replace("_", "-"), type=float)
for key, value in DEFAULTS.items():
    parser.add_argument(f"--{key}", type=type(value), default=value)
for field in fields(Model):
    parser.add_argument(f"--model-{field.name}", type=int, default=field.default)
add_all(parser, [Parameter("num_heads", 2)])
args = parser.parse_args()
wandb.init(config=vars(args))
rate = args.learning_rate * args.batch_size * args.depth * args.num_heads
if args.bias:
    rate += args.model_width
wandb.log({"loss": rate})
