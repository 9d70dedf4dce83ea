import wandb


class Net:
    def __init__(self, lr, **more):
        self.lr = lr


class Wrapped:
    def __init__(self, **more):
        self.net = Net(**more)


run = wandb.init()
net = Net(lr=run.config.lr, depth=run.config.depth)
for step in range(3):
    run.log({"loss": net.lr})
