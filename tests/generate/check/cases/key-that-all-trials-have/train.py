import wandb

run = wandb.init()
config = run.config
scale = 1
if "lr" in config:
    scale = config.lr * config.rate
if hasattr(config, "depth"):
    scale *= config.depth
else:
    scale *= config["width"]
if "momentum" in config:
    scale *= config.momentum
if "training.decay" in config:
    scale *= config["training.decay"]
config.pop("width")
if "width" not in config:
    scale *= 2
run.log({"loss": scale})
