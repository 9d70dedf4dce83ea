import argparse
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float)
parser.add_argument("--depth", type=int)
args = parser.parse_args()
wandb.init(config=args)
wandb.log({"loss": args.learning_rate * args.depth})
