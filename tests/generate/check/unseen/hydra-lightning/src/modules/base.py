import lightning as L


class Base(L.LightningModule):
    def shared_step(self, batch, stage):
        raise NotImplementedError

    def training_step(self, batch, batch_idx):
        return self.shared_step(batch, "train")

    def validation_step(self, batch, batch_idx):
        return self.shared_step(batch, "val")
