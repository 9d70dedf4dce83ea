import wandb


def losses(rate, split):
    found = {}
    for name in ["loss", "error"]:
        found["_".join([split, name])] = rate
    return found


run = wandb.init()
for _ in range(3):
    for split in ("train", "val"):
        logged = losses(run.config.lr, split)
        run.log({key: value for key, value in logged.items()})
