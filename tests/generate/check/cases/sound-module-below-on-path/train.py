import sys

import wandb

sys.path.insert(0, sys.argv[0].replace("train.py", "utils"))
from kinematics import Chain

with wandb.init() as run:
    run.log({"loss": Chain(run.config.lr).loss()})
