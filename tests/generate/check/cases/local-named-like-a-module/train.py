import report
import wandb


def train(lr):
    report = {"loss": lr}
    return dict(report.items())


print(report.TITLE)
run = wandb.init()
run.log(train(run.config.lr))
