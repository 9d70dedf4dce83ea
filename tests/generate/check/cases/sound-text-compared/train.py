import wandb

run = wandb.init()
heads = 4 if run.config.attention.lower() == "true" else 1
width = heads if run.config.pool in ("None", "none") else 2 * heads
run.log({"loss": 1 / width})
