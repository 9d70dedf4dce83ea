from importlib import import_module

import wandb

run = wandb.init()
name = f"nets.{run.config.net}"
Net = import_module(name).Net
run.log({"loss": Net(run.config).loss()})
