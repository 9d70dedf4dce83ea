import wandb
from settings import DEFAULTS


def fit(lr, layers, seed):
    return lr * layers * seed


def train():
    run = wandb.init()
    lr = run.config.lr
    seed = run.config.seed
    depth = run.config.layers
    run.name = f"{depth} layers"
    attention = DEFAULTS["attention"]
    if attention:
        run.config.layers, depth = 1, 1
    seed = 3
    run.log({"loss": fit(lr, depth, seed)})


if __name__ == "__main__":
    wandb.agent("id", function=train)
