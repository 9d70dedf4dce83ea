import wandb


def fit(run, epochs, lr):
    for epoch in range(epochs):
        run.log({"loss": lr})


def train():
    with wandb.init() as run:
        config = run.config
        epochs = config.epochs
        epochs = int(epochs)
        fit(run, epochs, config.lr)
        fit(run, int(config.epochs), config.lr)
        for step in range(config.steps):
            fit(run, config.rounds, config.lr)
