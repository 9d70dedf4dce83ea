import os
import subprocess

import wandb

os.system("dvc pull data --force")
subprocess.run(["uv", "run", "gdown", "--folder", "data"], check=True)
run = wandb.init()
run.log({"accuracy": 1.0})
