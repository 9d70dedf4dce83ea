import torch
import wandb


class Experiment:
    def __init__(self, config):
        self.__dict__.update(config)
        self.optimizer = torch.optim.SGD([torch.zeros(1)], lr=self.lr)

    def run(self):
        self.optimizer.step()
        wandb.log({"loss": self.width})


wandb.init()
Experiment(dict(wandb.config)).run()
