import wandb

wandb.init()
for split in ("train", "val"):
    wandb.log({f"{split}/loss": wandb.config.lr * wandb.config.depth, "Loss": 1})
