import gymnasium
import wandb
from torch.utils.data import Dataset


class Base(Dataset):
    def __init__(self, flip):
        self.flip = flip


class Images(Base):
    def __init__(self, lr, flip):
        super().__init__(flip)
        self.lr = lr

    def __getitem__(self, place):
        return place * self.lr if self.flip else self.lr


class World(gymnasium.Wrapper):
    def __init__(self, crop):
        self.crop = crop


config = wandb.init().config
images, world = Images(config.lr, config.flip), World(config.crop)
for place in range(3):
    wandb.log({"loss": images[place] * world.reset()})
