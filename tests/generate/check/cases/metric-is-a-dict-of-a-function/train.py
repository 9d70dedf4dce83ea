import wandb


def rate(lr):
    found = {"share": lr}
    found["all"] = 1
    return found


run = wandb.init()
logged = {}
logged["accuracy"] = rate(run.config.lr)
run.log(logged)
