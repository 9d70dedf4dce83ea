import wandb

run = wandb.init()
parts = ["lr_" + str(run.config.lr), "act_" + run.config.activation.lower()]
run.name = "_".join(parts)
if run.config.lr < 0:
    raise ValueError(f"no rate for {run.config.activation}")
for step in range(3):
    run.log({"loss": run.config.lr})
