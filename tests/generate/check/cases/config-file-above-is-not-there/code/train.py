import wandb
import yaml

run = wandb.init()
with open(run.config.config) as file:
    base = yaml.safe_load(file)
run.log({"loss": run.config.lr * base["scale"]})
