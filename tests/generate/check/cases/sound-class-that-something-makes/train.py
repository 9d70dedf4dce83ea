import wandb


class Deep:
    def __init__(self, depth):
        super(Deep, self).__init__()
        self.loss = 1 / depth


class Wide:
    def __init__(self, width):
        super(Wide, self).__init__()
        self.loss = 1 / width


def make(kind, size):
    return kind(size)


config = wandb.init().config
net = Wide(config.width) if config.kind == "wide" else make(Wide, config.width)
wandb.log({"loss": net.loss * Deep(config.depth).loss})
