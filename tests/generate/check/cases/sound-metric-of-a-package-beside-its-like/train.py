import importlib
import os

import wandb

run = wandb.init()
model = importlib.import_module(os.environ["MODEL"])
model.use("val/loss")
loss = model.fit(run.config.lr)
run.log({"val_loss": loss})
