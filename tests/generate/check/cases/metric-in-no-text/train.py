import wandb


def losses(rate):
    found = {}
    for name in ["mel", "pitch"]:
        found[name] = rate
    for name in list(found):
        found[f"validation/{name}"] = found[name] * 2
    return found


run = wandb.init()
for _ in range(3):
    run.log(losses(run.config.lr))
