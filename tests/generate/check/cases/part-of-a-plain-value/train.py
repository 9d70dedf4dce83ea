import wandb

run = wandb.init()
config = run.config
low = config.lr["min"]
kind = config["name"].lower() + config["name"][0]
size = config.size["max"] * config["net"]["depth"]
config["scale"] = {"first": config.scale}
run.log({"loss": low * size * config["scale"]["first"], "kind": kind})
