import wandb


class Noisy:
    def fit(self):
        wandb.log({"val_dice": 1})
