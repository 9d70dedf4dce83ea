import argparse
import wandb

def train(args):
    with wandb.init() as run:
        run.log({"loss": run.config.lr * args.scale})

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    args = parser.parse_args()
    wandb.agent("x/y/z", lambda: train(args), count=3)
