import wandb
from lightning.pytorch import Trainer
from lightning.pytorch.loggers import WandbLogger
from somelib.modules import Net

wandb.init()
net = Net(lr=wandb.config["lr"])
Trainer(logger=WandbLogger()).fit(net)
