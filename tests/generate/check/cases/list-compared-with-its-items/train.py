import wandb


class Model:
    def __init__(self, config):
        self.config = config

    def loss(self):
        if self.config.scheduler == "step":
            return 1.0
        elif self.config.scheduler == "cosine":
            return 2.0
        return 3.0 if self.config.optimizer in ("adam", "sgd") else 4.0


run = wandb.init()
run.log({"loss": Model(run.config).loss() * run.config.lr})
