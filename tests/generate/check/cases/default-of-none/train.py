import wandb

DEFAULTS = {
    "lr": 0.1,
    "momentum": 0.9,
    "optimizer": "adam",
    "seconds": None,
    "folder": None,
}


def optimize(config):
    if config.optimizer == "sgd":
        return config.lr * config.momentum
    return config.lr


def train():
    wandb.init(config=DEFAULTS)
    config = wandb.config
    seconds = config["seconds"]
    print(f"stops after {seconds:.2f} s")
    if config.folder is not None:
        print("kept in " + config.folder)
    wandb.log({"loss": optimize(config)})


train()
