import wandb


def rate(name):
    return 0.1 if name.lower() == "sgd" else 0.001


with wandb.init() as run:
    config = run.config
    scale = {"fast": 2, "slow": 1}[config.kind] if config.kind != "none" else 0
    run.log({"loss": scale * rate(config.optimizer)})
