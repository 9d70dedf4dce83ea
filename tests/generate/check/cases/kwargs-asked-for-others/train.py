import wandb


class Base:
    def __init__(self, **rest):
        self.hidden = rest["hidden"] if "hidden" in rest else 8


class Net(Base):
    def __init__(self, **more):
        super().__init__(**more)
        self.lr = more.get("lr", 0.1)


run = wandb.init()
net = Net(lr=run.config.lr, width=run.config.width)
for step in range(3):
    run.log({"loss": net.lr * net.hidden})
