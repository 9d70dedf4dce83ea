import subprocess
import sys

import wandb

with wandb.init() as run:
    subprocess.run([sys.executable, "engine/scripts/fit.py", f"--scale={run.config.scale}"])
    with open("loss.txt") as stream:
        run.log({"loss": float(stream.read())})
