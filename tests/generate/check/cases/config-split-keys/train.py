import wandb

wandb.init()
settings = {"model": {}}
for key, value in wandb.config.items():
    *groups, last = key.split(".")
    inner = settings
    for group in groups:
        inner = inner.setdefault(group, {})
    inner[last] = value
wandb.log({"loss": settings["model"]["dropout"]})
