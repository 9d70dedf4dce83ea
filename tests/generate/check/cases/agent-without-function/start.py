import wandb
import yaml

with open("sweep.yaml") as file:
    sweep_id = wandb.sweep(yaml.safe_load(file))
wandb.agent(sweep_id)
