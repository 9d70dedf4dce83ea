import wandb

run = wandb.init()
config = run.config
size = len(config.layers)
loss = config.lr * sum(config.layers) if "flip" in config.augment else config.lr
if config.augment == "none" or config.augment == ["flip"] or config.layers == [8, 8]:
    loss *= 2
run.log({"loss": loss * size})
