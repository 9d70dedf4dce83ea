import wandb

steps = 0


def scaled(value):
    shifted = value - 1
    total = sum(parts)
    parts = [shifted]
    return parts[0] / total


class Trainer:
    def fit(self, data):
        seen = seen + len(data)
        return seen


def count():
    steps += 1


def train():
    run = wandb.init()
    for _ in range(3):
        loss = scaled(run.config.width) if run.config.width > 2 else 1
        print(steps)
    best = min(best, loss)
    run.log({"loss": best})


train()
if wandb.run.name:
    count()
    trainer = Trainer()
    trainer.fit([1])
