import wandb


class Model:
    def __init__(self, options):
        self.options = options

    def loss(self):
        return getattr(self, "options")["lr"]


def build(options):
    kept = [options]
    return Model(kept.pop())


def train():
    with wandb.init() as run:
        run.log({"loss": build(dict(run.config)).loss()})
