import wandb
import yaml

run = wandb.init()
with open(f"conf/{run.config.net}.yaml") as file:
    settings = yaml.safe_load(file)
with open(f"data/{run.config.data}.txt") as file:
    rows = file.readlines()
run.log({"loss": run.config.lr * settings["width"] * len(rows)})
