import argparse

import wandb
import yaml


def run_trial(rounds):
    with wandb.init() as run:
        for index in range(rounds):
            run.log({"testing_loss": run.config.lr * index})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with open("sweep.yaml") as file:
        sweep_id = wandb.sweep(yaml.safe_load(file))
    wandb.agent(sweep_id, function=lambda: run_trial(args.rounds))
