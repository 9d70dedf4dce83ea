import wandb


def tell(split, value):
    wandb.log({split: value})


run = wandb.init()
for split in ["train", "test"]:
    print(split)
split = "train"
tell("accuracy", run.config.width)
