import optuna
import wandb

run = wandb.init()


def objective(trial):
    lr = trial.suggest_float("lr", run.config.lr["min"], run.config.lr["max"])
    wandb.log({"loss": lr})
    return lr


optuna.create_study().optimize(objective, n_trials=4)
