import wandb


def write(what, value, *, split=None):
    key = f"{split}_{what}" if split else what
    wandb.log({key: value})


wandb.init()
write("loss", wandb.config.lr, split="val")
wandb.log({"lr": wandb.config.lr})
