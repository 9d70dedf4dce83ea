import wandb
from measures import measure

run = wandb.init()
for step in range(3):
    run.log(measure(run.config.lr))
