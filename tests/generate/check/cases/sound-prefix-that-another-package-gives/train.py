import wandb
from trainers import Base


class Runner(Base):
    def evaluate(self, prefix):
        wandb.log({f"{prefix}/loss": self.loss})


run = wandb.init()
runner = Runner(run.config.lr)
runner.fit()
runner.evaluate("test")
