import os

import wandb

run = wandb.init()
words = ["python", "inner.py"]
for key, value in run.config.items():
    words.extend([f"--{key}", str(value)])
os.system(" ".join(words))
