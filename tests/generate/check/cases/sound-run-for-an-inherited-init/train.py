import wandb


class Base:
    def __init__(self, run):
        self.run = run

    def __getattr__(self, name):
        return self.run.config[name]


class Job(Base):
    def score(self):
        return self.lr


job = Job(wandb.init())
job.run.log({"loss": job.score()})
