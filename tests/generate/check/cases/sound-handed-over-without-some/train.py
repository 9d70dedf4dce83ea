import wandb


class Net:
    def __init__(self, lr):
        self.lr = lr


run = wandb.init()
config = dict(wandb.config)
start = len(config["data"]) + config["seed"]
for name in [one for one in config if one != "lr"]:
    config.pop(name)
run.log({"loss": Net(**config).lr + start})
