import wandb

NAME = "{}_loss"


def name(what, split=None):
    return f"{split}_{what}" if split else what


wandb.init()
for split in ("train", "val"):
    wandb.log({NAME.format(split): wandb.config.lr})
wandb.log({name("loss", split="dev"): 0})
