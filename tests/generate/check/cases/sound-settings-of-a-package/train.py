import wandb
from somelib import load_settings, step_more


def step(settings):
    return settings.depth * step_more(settings)


wandb.init()
wandb.log({"loss": step(load_settings())})
