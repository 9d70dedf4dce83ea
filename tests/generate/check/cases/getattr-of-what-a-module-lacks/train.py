import losses
import models
import wandb


def build(name, act):
    make = getattr(models, name)
    if hasattr(models, act):
        return getattr(models, act)(make(3))
    return make(3)


run = wandb.init()
loss = getattr(losses, run.config.loss)
run.log({"loss": loss(build(run.config.model, run.config.act))})
