import settings
import wandb


def train():
    run = wandb.init()
    words = []
    for key, value in run.config.items():
        words.append(f"{key}={value}")
    settings.load("net.gin", words)
    for step in range(3):
        run.log({"loss": step})
