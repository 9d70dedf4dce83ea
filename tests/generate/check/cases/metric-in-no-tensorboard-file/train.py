import wandb
from torch.utils.tensorboard import SummaryWriter

run = wandb.init(sync_tensorboard=True)
writer = SummaryWriter("runs")
for phase in ("train", "test"):
    writer.add_scalar(f"{phase}/loss", run.config.lr, 0)
