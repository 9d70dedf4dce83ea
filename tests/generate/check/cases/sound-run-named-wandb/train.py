import wandb

wandb = wandb.init(config={"steps": 3})
config = wandb.config
for step in range(config.steps):
    wandb.log({"loss": config.lr})
