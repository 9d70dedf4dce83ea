import os

import wandb

run = wandb.init()
settings = {"lr": 0.1, "depth": 2}
if run.sweep_id is not None:
    settings["lr"] = run.config.lr
if "WANDB_SWEEP_ID" not in os.environ:
    settings["depth"] = run.config.depth
folder = f"runs/{os.getenv('WANDB_SWEEP_ID')}"
if os.environ.get("WANDB_SWEEP_ID"):
    settings["depth"] *= run.config["rate"]
run.log({"loss": settings["lr"] * settings["depth"] * len(folder)})
