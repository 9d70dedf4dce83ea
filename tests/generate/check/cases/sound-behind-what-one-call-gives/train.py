import argparse

import wandb


class Net:
    def __init__(self, kind, heads, width):
        self.kind = kind
        if self.kind == "attention":
            self.size = width * heads
        else:
            self.size = width


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--heads", type=int, default=2)
parser.add_argument("--width", type=int, default=2)
parser.add_argument("--depth", type=int, default=2)
parser.add_argument("--kind", default="plain")
parser.add_argument("--pretrained", action="store_true")
args = parser.parse_args()
run = wandb.init(config=vars(args))
if wandb.run.resumed:
    kind = "attention"
    net = Net("attention", args.heads, args.width)
else:
    kind = str(run.name)
    net = Net(args.kind, args.heads, args.width)
weight = args.lr
if kind == "attention":
    weight *= args.depth
for _ in range(3):
    run.log({"loss": weight * net.size})
