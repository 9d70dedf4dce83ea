import wandb
from trainers import fit


def collate(rows):
    if rows:
        return pad(rows)
    return stack(rows)


run = wandb.init()
loss = fit(
    lr=run.config.lr,
    collate=collate,
    score=lambda truth, guess: measure(truth, guess, false),
    other=lambda one: one and more(one),
)
wandb.log({"loss": loss})


def measure(truth, guess, squared):
    return abs(truth - guess) ** (2 if squared else 1)
