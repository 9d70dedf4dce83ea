import wandb

DEFAULTS = {"step": 3}
run = wandb.init()
config = run.config
for name in DEFAULTS:
    config[name] = DEFAULTS[name]
if "step" in config:
    step = config.step
run.log({"loss": config.lr * step})
