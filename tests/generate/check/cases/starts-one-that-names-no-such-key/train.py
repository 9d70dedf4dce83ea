import subprocess
import sys

import wandb
from jobs import next_job

with wandb.init() as run:
    subprocess.run([sys.executable, *next_job(), "--lr", str(run.config.lr)], check=True)
    run.log({"loss": run.config.lr})
