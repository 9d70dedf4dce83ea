import wandb


class Base:
    def __init__(self, width=1, **rest):
        self.width = width
        for name, value in rest.items():
            setattr(self, name, value)


class Net(Base):
    def __init__(self, **more):
        super().__init__(**more)
        self.lr = more.get("lr", 0.1)


def heads(**options):
    return locals()["options"]["heads"]


run = wandb.init()
net = Net(lr=run.config.lr, width=run.config.width, depth=run.config.depth)
for step in range(3):
    run.log({"loss": net.lr * net.width * net.depth * heads(heads=run.config.heads)})
