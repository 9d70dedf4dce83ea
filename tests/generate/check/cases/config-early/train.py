import wandb


def main():
    lr = wandb.config.lr
    run = wandb.init()
    run.log({"loss": lr})


main()
