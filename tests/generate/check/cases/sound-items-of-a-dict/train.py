import wandb


class Net:
    def __init__(self, lr, width=1, **more):
        self.loss = width / lr
        self.depth = more.pop("depth")


def train(options, sizes):
    net = Net(**options)
    for key in sizes:
        wandb.log({"loss": net.loss * net.depth * sizes[key]})


config = wandb.init().config
lr, dropout = config.lr, config.dropout
options = dict(lr=float(lr), width=config.width)
options["depth"] = config.depth
sizes = kept = {}
kept["heads"] = int(config.heads)
options["depth"] += dropout
train(options, sizes)
