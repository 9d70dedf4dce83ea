import wandb
from dataset import Rows

run = wandb.init()
run.log({"loss": Rows(run.config.lr).rate})
