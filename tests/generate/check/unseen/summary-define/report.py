import wandb


def report(prefix, **values):
    row = {f"{prefix}.{key}": float(value) for key, value in values.items()}
    if wandb.run is not None:
        wandb.run.log(row)
