import wandb


def fill(found, width):
    found["accuracy"] = width


run = wandb.init()
row = {"width": run.config.width}
fill(row, run.config.width)
run.log(row)
