import contextlib

import wandb


@contextlib.contextmanager
def session():
    run = wandb.init()
    try:
        yield run
    finally:
        run.finish()


with session() as run:
    run.log({"loss": run.config.lr * run.config.depth})
