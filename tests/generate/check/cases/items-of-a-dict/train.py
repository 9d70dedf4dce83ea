import wandb


class Net:
    def __init__(self, lr, width=1, **more):
        self.loss = 1 / lr
        self.steps = more.get("steps", 3)


def train(options):
    net = Net(**options)
    for step in range(net.steps):
        wandb.log({"loss": net.loss})


config = wandb.init().config
lr, dropout = config.lr, config.dropout
options = dict(lr=float(lr), width=config.width)
options["depth"] = config.depth
sizes = {}
sizes["heads"] = int(config.heads)
print(sizes)
train(options)
