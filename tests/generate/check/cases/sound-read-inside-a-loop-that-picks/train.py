# The loop asks the config for more than what it picks.
import wandb


class Settings:
    lr = 0.1


run = wandb.init()
settings, factor = Settings(), 1
for key, value in run.config.items():
    if hasattr(settings, key):
        factor = run.config.get("momentum")
        setattr(settings, key, value)
run.log({"loss": settings.lr * factor})
