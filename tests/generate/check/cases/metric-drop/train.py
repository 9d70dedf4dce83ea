import wandb

wandb.init()
wandb.log({"accuracy_drop": wandb.config.lr})
