import wandb

ONLINE = 0


def start(online):
    modes = {1: "online", 0: "offline"}
    settings = {"mode": modes[online]}
    settings["project"] = "digits"
    return wandb.init(**settings)


run = start(ONLINE)
run.log({"loss": run.config.lr})
