import wandb


def counted_from_one(run):
    for epoch in range(1, 4):
        run.log({"train_loss": run.config.lr})
        run.log({"val_loss": run.config.lr}, step=epoch)


def same_step(run):
    for epoch in range(4):
        for part in ("train", "test"):
            run.log({f"{part}_loss": run.config.lr}, step=epoch)
        run.log({"val_loss": run.config.lr}, step=epoch)


def not_committed(run):
    for epoch in range(4):
        for batch in range(10):
            run.log({"batch_loss": run.config.lr * batch}, commit=False)
        run.log({"val_loss": run.config.lr}, step=epoch)


def asked_for(run, verbose):
    for epoch in range(4):
        for batch in range(10):
            if verbose:
                run.log({"batch_loss": run.config.lr * batch})
        run.log({"val_loss": run.config.lr}, step=epoch)


def after_it(run):
    for epoch in range(4):
        run.log({"val_loss": run.config.lr}, step=epoch)
        run.log({"train_loss": run.config.lr})


run = wandb.init()
for one in (counted_from_one, same_step, not_committed, after_it):
    one(run)
asked_for(run, verbose=False)
