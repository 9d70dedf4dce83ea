import subprocess

import wandb

run = wandb.init()
for _ in range(3):
    run.log({"loss": run.config.lr})
tool = run.config.get("tool", "python")
command = f"{tool} s3://models/{run.id}"
subprocess.run(command, shell=True)
