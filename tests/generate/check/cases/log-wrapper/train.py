import wandb


class Tracker:
    def __init__(self):
        self.run = wandb.init()

    def log(self, values):
        self.run.log(values)

    def note(self, **kwargs):
        for key, value in kwargs.items():
            self.run.log({key: value})


tracker = Tracker()
lr = tracker.run.config.lr
tracker.log({"episode_return": lr})
tracker.note(train_loss=lr, steps=3)
