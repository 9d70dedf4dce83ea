import wandb


def scaled(width, how):
    return eval(how + "(width)")


with wandb.init() as run:
    run.log({"val_loss": run.config.lr * scaled(run.config.width, "float")})
