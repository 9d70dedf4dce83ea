import lightning
import torch


class Net(lightning.LightningModule):
    def __init__(self, lr):
        super().__init__()
        self.lr = lr
        self.layer = torch.nn.Linear(2, 1)

    def validation_step(self, batch):
        self.log("val/acc", self.layer(batch).mean())

    def configure_optimizers(self):
        return torch.optim.SGD(self.layer.parameters(), lr=self.lr)
