import wandb
from dataset import Rows
from tablib import Table

try:
    from utils import Table as OwnTable
except ImportError:
    OwnTable = Table

run = wandb.init()
run.log({"loss": Rows(run.config.lr).rate, "tables": len([Table, OwnTable])})
