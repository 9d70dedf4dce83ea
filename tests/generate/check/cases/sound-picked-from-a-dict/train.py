import wandb
from defaults import SETTINGS


def train():
    run = wandb.init()
    config = run.config
    config.betas = (config.beta1, 0.999)
    optimizer = SETTINGS[config.optimizer]
    for key in optimizer["arguments"].keys():
        optimizer["arguments"][key] = getattr(config, str(key))
    run.log({"loss": optimizer["function"](**optimizer["arguments"])})


if __name__ == "__main__":
    wandb.agent("id", function=train)
