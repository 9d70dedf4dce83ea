import steps
import wandb
from settings import *

config = wandb.init().config
wandb.log({"loss": steps.fit(config.lr, epochs=EPOCHS)})
