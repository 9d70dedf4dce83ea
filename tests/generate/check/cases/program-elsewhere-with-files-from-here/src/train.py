import wandb
import yaml

with open("configs/base.yaml") as file:
    base = yaml.safe_load(file)
run = wandb.init()
run.log({"loss": run.config.lr * base["scale"]})
