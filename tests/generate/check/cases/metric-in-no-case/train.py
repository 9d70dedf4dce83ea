import wandb


def classify(run):
    run.log({"f1": run.config.lr})


def predict(run):
    run.log({"loss": run.config.lr})


TASKS = {"classification": classify, "regression": predict, "ranking": predict}

run = wandb.init()
TASKS[run.config.task](run)
