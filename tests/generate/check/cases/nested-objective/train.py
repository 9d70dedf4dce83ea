import wandb


def sweep(scale):
    def objective():
        with wandb.init() as run:
            run.log({"Val_Loss": run.config.lr * scale})

    wandb.agent("ab12cd34", objective)


if __name__ == "__main__":
    sweep(2)
