import argparse

import wandb


def model_settings(words=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, required=True)
    if words is None:
        return parser.parse_args()
    return parser.parse_args(words)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, required=True)
    args = parser.parse_args()
    width = model_settings(["--width=8"]).width
    run = wandb.init()
    run.log({"loss": args.lr * width})


def probe():
    print(model_settings())


if __name__ == "__main__":
    main()
    if wandb.run is None:
        probe()
