import subprocess
import sys

import wandb


def command_for(config, more):
    command = [sys.executable, "fit.py"]
    command = more(command)
    command += ["--lr", str(config.lr)]
    return command


def renamed(command):
    return [command[0], open("script.txt").read()]


with wandb.init() as run:
    subprocess.run(command_for(run.config, renamed), check=False)
