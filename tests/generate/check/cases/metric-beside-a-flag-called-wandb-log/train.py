import wandb


def fit(lr, wandb_log):
    if wandb_log:
        wandb.log({"Loss": lr})


def objective():
    wandb_log = True
    with wandb.init() as run:
        fit(run.config.lr, wandb_log)
