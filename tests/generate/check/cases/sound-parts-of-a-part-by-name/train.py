import wandb

BASE = {"net": {"width": 1, "bias": 2}, "data": {"size": 1}}


def section(settings, name):
    return BASE[name] | settings.get(name, {})


run = wandb.init()
settings = run.config["settings"]
net, data = section(settings, "net"), section(settings, "data")
run.log({"loss": net["width"] * net["bias"] * data["size"]})
