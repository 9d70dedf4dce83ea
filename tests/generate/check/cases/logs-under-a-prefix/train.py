import wandb


def log_all(run, metrics, split):
    run.log({f"{split}/{name}": value for name, value in metrics.items()})


run = wandb.init()
log_all(run, {"METEOR": run.config.units, "loss": 1.0}, "eval")
log_all(run, {"loss": 1.0}, split="train")
