import wandb
from settings import *
from steps import *

config = wandb.init().config
wandb.log({"loss": fit(config.lr, epochs=EPOCHS)})
