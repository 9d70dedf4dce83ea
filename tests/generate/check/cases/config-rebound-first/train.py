import wandb

wandb.config = {"lr": 0.3}
wandb.init(config=wandb.config)
wandb.log({"loss": wandb.config["lr"]})
