import wandb

def train(config=None):
    with wandb.init(config=config):
        config = wandb.config
        loss = config.lr
        wandb.log({"val_loss": loss})
