import subprocess
import sys

import wandb

run = wandb.init()
words = [f"--rate={run.config.rate}", f"--size={run.config.width}"]
subprocess.run([sys.executable, "-m", "work.job", *words], check=True)
