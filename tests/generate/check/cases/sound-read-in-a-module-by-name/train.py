import importlib

import wandb

run = wandb.init()
model = importlib.import_module(f"models.{run.config.kind}")
loss = model.build()
if run.config.kind == "cnn":
    loss *= run.config.filters
run.log({"loss": loss})
