import wandb


class Net:
    def __init__(self, width):
        self.width = width


run = wandb.init()
if run.config.net == "small":
    net = Net(width=2)
else:
    net = Net(width=8, depth=3)
    print(layers)
run.log({"loss": run.config.lr * net.width})
