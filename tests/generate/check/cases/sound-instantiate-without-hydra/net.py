import wandb


class Net:
    def fit(self, lr):
        wandb.log({"test/accuracy": lr})
        return lr
