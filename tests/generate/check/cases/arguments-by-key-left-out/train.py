import argparse

import wandb


def optimize(options):
    if options["optimizer"] == "sgd":
        return options["lr"] * options["momentum"]
    return options["lr"]


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--momentum", type=float, default=0.9)
parser.add_argument("--optimizer", default="adam")
parser.add_argument("--folder", default=None)
options = vars(parser.parse_args())
wandb.init(config=options)
print(options["folder"] + "/last.txt")
wandb.log({"loss": optimize(options)})
