import importlib
import os

import wandb

run = wandb.init()
model = importlib.import_module(os.environ["MODEL"])
loss = model.fit(run.config.lr)
run.log({"train loss": loss, "validation loss": loss})
