import wandb


def update(weights, optimizer="sgd"):
    steps = {"sgd": lambda w: w, "nag": lambda w: w + 1, "adam": lambda w: w * 2}
    step = steps.get(optimizer.lower())
    if step is None:
        return weights
    return step(weights)


NORMS = {"batch": 1, "layer": 2}

with wandb.init() as run:
    norm = NORMS.get(run.config.norm.lower())
    if not norm and run.config.optimizer != "sgd":
        raise ValueError(run.config.norm)
    run.log({"loss": update(norm, optimizer=run.config.optimizer)})
