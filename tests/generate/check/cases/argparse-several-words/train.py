import argparse
import sys

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--betas", type=float, nargs=2, default=[0.9, 0.99])
args = parser.parse_args()
print(sys.argv[0], len(sys.argv))
wandb.init(config=args)
for _ in range(3):
    wandb.log({"loss": sum(args.betas)})
