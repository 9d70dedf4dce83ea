import wandb


class Part:
    def __init__(self, **values):
        self.__dict__.update(values)


class Config:
    def __init__(self):
        self.epochs = 3
        self.model = Part(width=1)
        self.optim = Part(lr=0.1)

    def update(self, other):
        for key, value in other.items():
            if key in self.__dict__:
                self.__dict__[key] = value
            if key in self.model.__dict__:
                self.model.__dict__[key] = value
            if key in self.optim.__dict__:
                self.optim.__dict__[key] = value


config = Config()
wandb.init()
config.update(wandb.config)
for step in range(config.epochs):
    wandb.log({"loss": config.model.width * config.optim.lr})
