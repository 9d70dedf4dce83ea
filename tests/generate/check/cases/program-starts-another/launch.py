import os
import subprocess
import sys

import wandb

with wandb.init() as run:
    run.config.update({"commit": subprocess.check_output(["git", "rev-parse", "HEAD"])})
    subprocess.run([sys.executable, os.environ["TRAINING"], "--run", run.id], check=True)
