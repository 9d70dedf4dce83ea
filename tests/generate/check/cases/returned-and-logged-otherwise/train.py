import wandb


def train():
    run = wandb.init()
    best = 0.0
    for epoch in range(3):
        accuracy = run.config.lr * epoch
        best = max(best, accuracy)
        run.log({"val/accuracy": accuracy})
    return best
