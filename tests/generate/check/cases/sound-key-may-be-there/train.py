import wandb
import torch

run = wandb.init(config={"step": 3})
config = run.config
if "step" in config:
    step = config.step
if config.get("gain", 1) == 1:
    gain = 2
plain = {"wide": 1}
if run.name:
    plain = dict(config)
if "wide" in plain:
    wide = plain["wide"]
if "slow" in config:
    step = config["slow"]
else:
    slow = 1
run.log({"loss": config.lr * step * gain * wide * slow})
