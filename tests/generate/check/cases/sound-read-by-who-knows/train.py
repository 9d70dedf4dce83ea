import library
import wandb


class Settings:
    def __init__(self, **given):
        self.__dict__.update(given)


class Worker(library.Worker):
    def __init__(self, depth):
        self.depth = depth

    def work(self):
        return self.depth


run = wandb.init()
settings = Settings(lr=run.config.lr)
library.fit(settings, hooks=[lambda: run.config.width])
Worker(run.config.depth).start()
for key in library.keys():
    print(key)
kind = getattr(run.config, library.name())
run.log({"loss": library.loss(kind)})
