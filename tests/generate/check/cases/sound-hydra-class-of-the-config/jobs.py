import wandb


class Job:
    def __init__(self, config):
        self.config = config


class Training(Job):
    def run(self):
        with wandb.init() as run:
            run.log({"val/acc": 1 - self.config.lr})
