import wandb


def main():
    run = wandb.init()
    history = {"testing_loss": []}
    history["testing_loss"].append(run.config.lr)
    run.log({"testing loss": history["testing_loss"][-1]})
    run.log(dict(run.config))


main()
