import wandb


def get(config, name, default):
    """A hyperparameter, or what it is without a sweep."""
    return getattr(config, name, default)


def pick(config, name, default):
    if name in config:
        return config[name]
    return default


def look(config, name, default):
    value = config.get(name)
    return default if value is None else value


def train(settings, run):
    for step in range(settings["steps"]):
        run.log({"loss": settings["lr"] * settings.get("width", 1)})


run = wandb.init()
settings = {
    "lr": get(run.config, "lr", 0.1),
    "heads": pick(run.config, "heads", 1),
    "width": look(run.config, "width", 1),
    "dropout": look(run.config, "dropout", 0.1),
}
settings["steps"] = 3
train(settings, run)
