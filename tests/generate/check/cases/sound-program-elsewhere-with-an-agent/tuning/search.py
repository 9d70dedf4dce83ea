import wandb
import yaml


def train():
    with wandb.init() as run:
        run.log({"loss": run.config.lr})


if __name__ == "__main__":
    with open("configs/sweep.yaml") as file:
        wandb.agent(wandb.sweep(yaml.safe_load(file)), function=train)
