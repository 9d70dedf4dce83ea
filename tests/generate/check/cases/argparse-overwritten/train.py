import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--batch_size", type=int, default=2)
parser.add_argument("--device", default="cpu")
args = parser.parse_args()

print(args)
args.batch_size = 8
args.device = args.device.upper()
wandb.init(config=args)
for _ in range(3):
    wandb.log({"loss": args.batch_size / len(args.device)})
