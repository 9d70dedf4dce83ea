import wandb


def parse(config):
    made = dict(config.items())
    for key in list(made):
        if key in ("freeze",):
            made[key] = made[key] == "True"
    return made


run = wandb.init()
config = parse(run.config)
run.log({"loss": config["lr"] / 2 if config["freeze"] else config["lr"]})
