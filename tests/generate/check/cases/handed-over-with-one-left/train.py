import wandb


class Net:
    def __init__(self, lr):
        self.lr = lr


run = wandb.init()
config = dict(wandb.config)
start = len(config["data"]) + config["seed"]
del config["data"]
run.log({"loss": Net(**config).lr + start})
