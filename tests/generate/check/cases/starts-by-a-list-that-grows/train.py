import subprocess
import sys

import wandb


def command_for(config):
    command = [sys.executable, "fit.py"]
    command += ["--lr", str(config.lr)]
    command.append("--quick")
    if config.depth > 1:
        command.append("--deep")
    command.extend(["--deepth", str(config.depth)])
    return command


with wandb.init() as run:
    subprocess.run(command_for(run.config), check=False)
