import wandb


class Settings:
    lr = 0.1


def put(target, name, value):
    target[name] = value


run = wandb.init()
sgd = {"momentum": 0.9}
for key, value in run.config.items():
    if hasattr(Settings, key):
        setattr(Settings, key, value)
    else:
        put(sgd, key, value)
run.log({"loss": Settings.lr * sgd["momentum"]})
