import wandb
import yaml


def train():
    run = wandb.init()
    with open("config.yaml") as file:
        config = yaml.safe_load(file)
    for key, value in wandb.config.items():
        parts = key.split("_")
        inner = config
        for part in parts[:-1]:
            inner = inner.setdefault(part, {})
        inner[parts[-1]] = value
    run.log({"loss": config["train"]["lr"] * config["train"]["size"]})


if __name__ == "__main__":
    wandb.agent("id", function=train)
