import argparse

import wandb
import yaml


def trial():
    with wandb.init() as run:
        run.log({"loss": run.config.lr})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sweep", default="sweep.yaml")
    args = parser.parse_args()
    with open(args.sweep) as file:
        wandb.agent(wandb.sweep(yaml.safe_load(file)), function=trial)


if __name__ == "__main__":
    main()
