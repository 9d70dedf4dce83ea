import wandb

RATES = {"sgd": 0.1, "adam": 0.001}

run = wandb.init()
rate = RATES.get(run.config.optimizer.lower(), 0.1)
run.log({"loss": rate})
