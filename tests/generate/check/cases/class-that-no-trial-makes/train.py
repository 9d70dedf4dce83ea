import wandb


class Deep:
    def __init__(self, depth):
        super(Deep, self).__init__()
        self.loss = 1 / depth


class Wide:
    def __init__(self, width):
        super(Wide, self).__init__()
        self.loss = 1 / width


config = wandb.init().config
if config.kind == "wide":
    net = Wide(config.width)
elif config.kind == "deep":
    net = Deep(config.depth)
if isinstance(net, (Deep, Wide)):
    wandb.log({"loss": net.loss})
