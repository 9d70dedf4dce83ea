import wandb


def objective(c):
    w, v = 1.0, c.noise
    for _ in range(100):
        grad = w if c.limit is None else min(w, c.limit)
        v = c.momentum * v - c.lr * grad / c.width
        w += v
        yield w * w + (0.2 if c.bias else 0.0) + {"on": 0, "off": 1, "auto": 2}[c.mode]


with wandb.init() as run:
    for loss in objective(wandb.config):
        wandb.log({"loss": loss, f"pool_{wandb.config.pool}": 1})
