import sys

import wandb


def objective():
    with wandb.init() as run:
        run.log({"testing_loss": run.config.lr * run.config.momentun})


if __name__ == "__main__":
    wandb.agent(sys.argv[1], function=objective)
