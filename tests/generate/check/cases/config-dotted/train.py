import wandb

config = {"optim": {"lr": 1.0}, "depth": 2}
wandb.init(config=config)
config = wandb.config
wandb.log({"loss": config["optim"]["lr"] * config["depth"]})
