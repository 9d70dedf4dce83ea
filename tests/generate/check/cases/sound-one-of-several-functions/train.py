from functools import singledispatch

import wandb


@singledispatch
def build(model):
    raise NotImplementedError(type(model))


@build.register
def _(model: str):
    return len(model)


with wandb.init() as run:
    run.log({"loss": run.config.lr * build("net")})
