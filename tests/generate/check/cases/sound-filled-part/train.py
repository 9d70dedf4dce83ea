import wandb

cfg = {"optimizer": {"lr": 0.1}, "epochs": 3}


def train(cfg):
    return cfg["optimizer"]["lr"] * cfg["epochs"]


run = wandb.init()
part = cfg["optimizer"]
for key, value in run.config.items():
    part[key] = value
run.log({"loss": train(cfg)})
