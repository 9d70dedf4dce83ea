import wandb

def train(settings):
    lr, depth = settings["lr"], settings["depth"]
    return {"loss": lr * depth, "width": settings["width"]}

settings = {"lr": 1.0, "depth": 2, "width": 3}
wandb.init()
settings.update(wandb.config)
wandb.log(train(settings))
