import wandb

run = wandb.init()
cfg = {"optimizer": {"name": "sgd"}} | dict(run.config)
run.log({"loss": cfg["lr"] if cfg["optimizer"]["name"] else 0})
