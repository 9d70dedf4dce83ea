import wandb


class Trainer:
    def __init__(self, steps=10):
        self.steps = steps

    def train(self):
        with wandb.init() as run:
            w = 1.0
            for _ in range(self.steps):
                w -= run.config.lr * w
                run.log({"loss": w * w})
