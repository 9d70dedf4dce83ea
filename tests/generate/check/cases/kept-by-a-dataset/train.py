import wandb
from torch.utils.data import Dataset


class Base(Dataset):
    def __init__(self, flip):
        self.flip = flip


class Images(Base):
    def __init__(self, lr, crop, flip):
        super().__init__(flip)
        self.lr = lr
        self.crop = crop

    def __getitem__(self, place):
        return place * self.lr


config = wandb.init().config
images = Images(config.lr, config.crop, config.flip)
for place in range(3):
    wandb.log({"loss": images[place]})
