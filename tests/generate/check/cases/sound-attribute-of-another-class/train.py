import wandb


class Base:
    def step(self, weight):
        return weight - self.lr * self.beta


class Momentum(Base):
    def __init__(self):
        self.lr = 0.1
        self.beta = 0.9


def make():
    global optimizer
    optimizer = Momentum()


optimizer = Base()
make()
run = wandb.init()
optimizer.lr = run.config.lr
other = Momentum()
other.beta = run.config.beta
other.lr = optimizer.lr
weight = 1.0
for _ in range(3):
    weight = other.step(weight)
    run.log({"loss": weight})
