import pytorch_lightning as pl
import torch
import torch.nn.functional as F
import wandb
from pytorch_lightning.callbacks import EarlyStopping
from pytorch_lightning.loggers import WandbLogger
from torch.utils.data import DataLoader, TensorDataset


class Net(pl.LightningModule):
    def __init__(self, hidden_dim=64, lr=1e-3, dropout=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(20, hidden_dim),
            torch.nn.Dropout(dropout),
            torch.nn.ReLU(),
            torch.nn.Linear(hidden_dim, 1),
        )

    def _loss(self, batch):
        x, y = batch
        return F.mse_loss(self.layers(x).squeeze(-1), y)

    def training_step(self, batch, _):
        loss = self._loss(batch)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, _):
        self.log_dict({"val_loss": self._loss(batch)}, prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr)


def loader(n, batch_size):
    x = torch.randn(n, 20)
    return DataLoader(TensorDataset(x, x.sum(1)), batch_size=batch_size)


def main():
    run = wandb.init(project="lightning-sweep")
    cfg = dict(run.config)
    batch_size = cfg.pop("batch_size")
    trainer = pl.Trainer(
        max_epochs=20,
        logger=WandbLogger(experiment=run),
        callbacks=[EarlyStopping("val_loss", patience=3)],
    )
    trainer.fit(Net(**cfg), loader(1000, batch_size), loader(200, batch_size))


if __name__ == "__main__":
    main()
