import wandb
import yaml

with open("sweep.yaml") as file:
    sweep_config = yaml.safe_load(file)
sweep_id = wandb.sweep(sweep_config, project="demo")


def find_best():
    with wandb.init() as run:
        for epoch in range(3):
            run.log({"testing loss": run.config.lr * epoch})


wandb.agent(sweep_id, function=find_best)
