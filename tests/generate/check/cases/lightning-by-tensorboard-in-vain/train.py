import pytorch_lightning as pl
import torch
import wandb


class Net(pl.LightningModule):
    def __init__(self, lr):
        super().__init__()
        self.lr = lr
        self.layer = torch.nn.Linear(2, 1)

    def training_step(self, batch, _):
        loss = self.layer(batch).mean()
        self.log("val_loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)


config = wandb.init(sync_tensorboard=True).config
pl.Trainer(max_epochs=3).fit(Net(config.lr))
