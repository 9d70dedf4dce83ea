import wandb


class Meter:
    def __init__(self, run):
        self.run = run

    def write(self, loss, phase="train"):
        self.run.log({f"{phase}/loss": loss})


run = wandb.init()
meter = Meter(run)
for phase in ("train", "val"):
    meter.write(run.config.lr, phase)
meter.write(run.config.lr)
