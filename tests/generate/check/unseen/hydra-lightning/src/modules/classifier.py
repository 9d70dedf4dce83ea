import torch
from torch import nn

from modules.base import Base


class Classifier(Base):
    def __init__(self, cfg):
        super().__init__()
        self.cfg = cfg
        self.net = nn.Sequential(
            nn.Linear(64, cfg.model.width), nn.ReLU(), nn.Dropout(cfg.model.dropout), nn.Linear(cfg.model.width, 10)
        )

    def shared_step(self, batch, stage):
        x, y = batch
        logits = self.net(x)
        loss = nn.functional.cross_entropy(logits, y)
        acc = (logits.argmax(1) == y).float().mean()
        self.log(f"{stage}/loss", loss, prog_bar=True)
        self.log(f"{stage}/acc", acc, on_epoch=True)
        return loss

    def configure_optimizers(self):
        kind = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[self.cfg.optimizer.name]
        return kind(self.parameters(), lr=self.cfg.optimizer.lr)
