import wandb

run = wandb.init()
for name in ["acc", "sec"]:
    name = name + "uracy"
    run.log({name: run.config.width})
