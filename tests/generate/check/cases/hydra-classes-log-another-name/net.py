import wandb


class Net:
    def __init__(self, width):
        self.width = width

    def fit(self):
        wandb.log({"val_dice": 1 - 1 / self.width})
