import wandb
wandb.init()
wandb.log({"loss": wandb.config.lr * wandb.config["depth"]})
