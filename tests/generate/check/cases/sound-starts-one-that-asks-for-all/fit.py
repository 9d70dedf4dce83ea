import wandb
from somelib import fit

with wandb.init() as run:
    run.log({"loss": fit(**run.config)})
