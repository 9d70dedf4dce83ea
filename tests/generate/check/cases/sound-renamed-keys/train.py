import wandb


class Settings:
    LR = 0.1
    sgd_momentum = 0.9


run = wandb.init()
for key, value in run.config.items():
    setattr(Settings, key.upper(), value)
given = {f"sgd_{key}": value for key, value in run.config.items()}
run.log({"loss": Settings.LR * given["sgd_momentum"]})
