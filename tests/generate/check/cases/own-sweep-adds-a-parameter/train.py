import wandb
import yaml


def trial():
    run = wandb.init()
    config = run.config
    run.log({"loss": config.lr * config.size * config.depth})


if __name__ == "__main__":
    with open("sweep.yaml") as file:
        sweep = yaml.safe_load(file)
    sweep["parameters"]["size"] = {"value": 3}
    wandb.agent(wandb.sweep(sweep), function=trial)
