import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--decay", type=float, default=0.9)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

run = wandb.init(config={"lr": args.lr, "optim": {"weight_decay": args.decay}}, name=f"lr-{args.lr}")
print(f"Training with {args.lr}")
weight = 1.0
for _ in range(3):
    weight *= 0.9 * run.config["optim"]["weight_decay"]
    run.log({"loss": weight})
