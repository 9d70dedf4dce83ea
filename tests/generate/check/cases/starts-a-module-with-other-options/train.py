import subprocess
import sys

import wandb

run = wandb.init()
words = [f"--lr={run.config.lr}", f"--depht={run.config.depth}"]
subprocess.check_call([sys.executable, "-m", "work.fit", *words])
