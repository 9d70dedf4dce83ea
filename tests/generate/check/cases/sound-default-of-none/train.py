import wandb

DEFAULTS = {"lr": 0.1, "seconds": None, "folder": None, "name": None}


def train():
    wandb.init(config=DEFAULTS)
    config = wandb.config
    config.folder = "out"
    print("kept in " + config.folder)
    if config.name:
        print("named " + config.name)
    wandb.log({"loss": config.lr * config.seconds})


train()
