import wandb


def step(hparams):
    return hparams.lr * hparams.size * hparams.depth


def main():
    hparams = {"lr": 0.1, "size": 3, "depth": 2}
    wandb.init(config=hparams)
    hparams = wandb.config
    wandb.log({"loss": step(hparams)})


main()
