from functools import partial

import wandb


def report(split, loss):
    wandb.log({f"{split}/loss": loss})


def note(loss, stage="test"):
    wandb.log({f"{stage}_loss": loss})


run = wandb.init()
report("train", run.config.lr)
ends = [partial(report, name) for name in open("stages.txt")]
for end in ends:
    end(run.config.lr)
note(run.config.lr)
