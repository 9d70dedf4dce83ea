from functools import partial

import wandb

start = partial(wandb.init, job_type="train")


class Trainer:
    def __init__(this, config):
        this.config = config

    def loss(this):
        return this.config.lr * this.config.batch_size


run = start()
trainer = Trainer(run.config)
run.log({"val_loss": trainer.loss(), "name": f"{run.config.optimizer}-1".split("-")[0]})
