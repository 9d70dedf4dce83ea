import wandb


class Tracker:
    def __init__(self):
        self.run = wandb.init()

    def __getattr__(self, name):
        return getattr(self.run, name)


tracker = Tracker()
tracker.log({"loss": tracker.config.lr})
