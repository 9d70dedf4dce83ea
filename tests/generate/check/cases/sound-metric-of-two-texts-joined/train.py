import wandb


def report(run, is_train):
    row = {"loss": run.config.lr, "steps": 3}
    prefix = "train_" if is_train else "val_"
    for key in list(row):
        row[f"{prefix}{key}"] = row.pop(key)
    run.log(data=row)


run = wandb.init()
report(run, True)
report(run, False)
