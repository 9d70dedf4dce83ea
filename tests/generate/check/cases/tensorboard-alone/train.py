import wandb
from torch.utils.tensorboard import SummaryWriter

run = wandb.init()
writer = SummaryWriter()
weight = 1.0
for epoch in range(3):
    weight -= run.config.lr * weight
    writer.add_scalar("val_loss", weight, epoch)
    run.log({"train": weight})
