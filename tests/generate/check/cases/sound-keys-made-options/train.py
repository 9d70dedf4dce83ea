import settings
import wandb

run = wandb.init()
words = [f"{key}={value}" for key, value in run.config.items()]
settings.load("net.gin", words)
run.log({"loss": 1.0})
