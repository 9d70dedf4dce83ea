import wandb
from library import Trainer


class Own(Trainer):
    def run(self, config):
        return self.tune(config.rate)


class Other:
    def tune(self, rate):
        return 1


run = wandb.init()
run.log({"loss": Own().run(run.config) + Other().tune(3)})
