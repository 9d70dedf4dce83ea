import nets
import wandb


def tell(config):
    wandb.log({"loss": config.depth})


run = wandb.init()
getattr(nets, run.config.net)(run.config)
globals()[run.config.tell](run.config)
