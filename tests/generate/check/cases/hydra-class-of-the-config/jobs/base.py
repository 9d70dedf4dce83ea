import torch
import wandb


class Job:
    def __init__(self, config):
        self.config = config
        self.run_of_it = wandb.init(config=dict(config))

    def save(self, model):
        kept = {"config": self.config, "states": {}}
        kept["states"]["model"] = model.state_dict()
        torch.save(kept, "last.pt")
