def trial():
    wandb.init()
    wandb.log({"loss": wandb.config.lr})
