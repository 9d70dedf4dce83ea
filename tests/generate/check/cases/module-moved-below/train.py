import wandb
from kinematics import Chain

with wandb.init() as run:
    run.log({"loss": Chain(run.config.lr).loss()})
