import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--hidden", type=int, nargs="+")
parser.add_argument("--tags", nargs="*")
args = parser.parse_args()
with wandb.init(config=args) as run:
    run.log({"loss": sum(args.hidden) + len(args.tags)})
