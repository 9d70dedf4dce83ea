import argparse

import wandb
from nets import sizes


def build(net, data):
    net = sizes[net]
    if net == 50:
        size = 2
    elif net > 100:
        if data == "news":
            size = 3
        elif data == "talks":
            size = 4
        else:
            raise NotImplementedError(data)
    else:
        size = 5
    return size


parser = argparse.ArgumentParser()
parser.add_argument("--data", default="birds")
parser.add_argument("--net", default="small")
args = parser.parse_args()
run = wandb.init(config=args)
run.log({"loss": build(args.net, args.data)})
