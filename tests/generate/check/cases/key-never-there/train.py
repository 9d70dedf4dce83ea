import wandb

run = wandb.init()
config = run.config.as_dict()
if "step" in config:
    settings = {"step": config["step"]}
run.log({"loss": config["lr"], **settings})
