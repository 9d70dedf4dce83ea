import subprocess

import wandb


def objective():
    with wandb.init() as run:
        command = ["python", "train.py", f"--out={run.id}"]
        for key, value in run.config.items():
            command.append(f"--{key}={value}")
        subprocess.run(command, check=True)
