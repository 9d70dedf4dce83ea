import wandb

cfg = {"lr": 0.1, "optimizer": {"momentum": 0.9}}


def train(cfg):
    return cfg["lr"] * cfg["optimizer"]["momentum"]


run = wandb.init()
for key in run.config.keys():
    cfg[key] = run.config[key]
run.log({"loss": train(cfg)})
