import wandb

TABLE = {"mode": {"small": {"width": 8}, "large": {"width": 64}}}
DEFAULTS = {"depth": 3}


run = wandb.init()
config = run.config
for key, value in DEFAULTS.items():
    config[key] = value
for what, table in TABLE.items():
    for key, value in table[config[what]].items():
        setattr(config, key, value)
run.log({"loss": config.lr * config.width * config["depth"]})
