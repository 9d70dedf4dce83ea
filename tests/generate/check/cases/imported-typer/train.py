import wandb
from data import Data

wandb.init()
wandb.log({"loss": wandb.config.lr * Data.size})
