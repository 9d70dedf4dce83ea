import wandb


def main():
    run = wandb.init()
    config = run.config
    print(config.lr)
    run.log({"loss": config.lr})
