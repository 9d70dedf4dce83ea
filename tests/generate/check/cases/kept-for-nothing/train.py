import wandb


class Model:
    def __init__(self, config):
        self.heads = config["heads"]
        self.width = config["width"]

    def loss(self, lr):
        return lr * self.width


run = wandb.init()
model = Model(run.config)
run.log({"loss": model.loss(run.config.lr)})
