import wandb

run = wandb.init()
config = run.config
if config.get("sizes") is not None:
    sizes = config.sizes
else:
    sizes = [config.width] * 2
lr = 1 / config.scale if config.lr is None else config.lr
for _ in range(3):
    run.log({"loss": lr * sum(sizes)})
