import subprocess

import wandb

run = wandb.init()
for _ in range(3):
    run.log({"loss": run.config.lr})
command = f"aws s3 cp {run.dir} s3://models/{run.id}"
subprocess.run(command, shell=True)
