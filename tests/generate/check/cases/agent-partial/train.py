from functools import partial

import wandb


def run_trial(size):
    run = wandb.init()
    run.log({"loss": run.config.lr * size * scale})


def run_other(size):
    run = wandb.init()
    run.log({"loss": run.config.lr * size * shift})


if __name__ == "__main__":
    wandb.agent("me/project/abc", function=partial(run_trial, 3), count=3)
    other = partial(run_other, size=3)
    wandb.agent("me/project/abc", other)
