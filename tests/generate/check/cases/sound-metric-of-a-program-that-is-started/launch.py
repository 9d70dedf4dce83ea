import subprocess

import wandb

run = wandb.init()
SWEEP = {"method": "grid", "metric": {"name": "accuracy", "goal": "maximize"}}
subprocess.run(["python", "train.py", "--lr", str(run.config.lr)], check=True)
