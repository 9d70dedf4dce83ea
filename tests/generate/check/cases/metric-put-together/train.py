import wandb

def scores(prefix):
    found = {"loss": 1.0, "acc": 2.0}
    return {f"{prefix}/{name}": value for name, value in found.items()}

wandb.init()
wandb.log(scores("val") | {"lr": wandb.config.lr, "depth": wandb.config.depth})
