import subprocess
import sys

import wandb


def objective():
    with wandb.init() as run:
        options = ["--lr", str(run.config["lr"]), "--dep", str(run.config["depth"])]
        subprocess.run([sys.executable, "code/train.py", *options, "--", "data"], check=True)
        subprocess.run(f"python code/report.py --id {run.id} > report.txt", shell=True, check=True)
