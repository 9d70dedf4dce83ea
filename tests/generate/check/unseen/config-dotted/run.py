"""Reads its settings from W&B alone."""

import wandb


def fit(lr, epochs, width, momentum):
    w = 1.0
    v = 0.0
    for epoch in range(epochs):
        v = momentum * v - lr * w / width
        w += v
        yield epoch, w * w


run = wandb.init()
cfg = run.config
history = fit(
    cfg["training"]["lr"],
    cfg["training"]["epochs"],
    cfg["model.width"],
    cfg["momentum"],
)
for epoch, val_loss in history:
    run.log({"epoch": epoch, "val_loss": val_loss})
run.finish()
