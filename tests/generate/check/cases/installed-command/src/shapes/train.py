import argparse

import wandb


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=int)
    args = parser.parse_args()
    with wandb.init(config=args) as run:
        run.log({"loss": args.scale * 0.5})


if __name__ == "__main__":
    main()
