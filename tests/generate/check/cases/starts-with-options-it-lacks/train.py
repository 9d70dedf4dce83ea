import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--depth", type=int, default=2)
parser.add_argument("-e", "--epochs", type=int, default=2)
parser.add_argument("--model_save_path", default="model.npy")
args = parser.parse_args()

run = wandb.init(config=args)
for epoch in range(args.epochs):
    run.log({"train_loss": args.lr * args.depth})
