import numpy as np
import wandb

from nets import build_model


def make_optimizer(opt_cfg):
    name = opt_cfg["name"]
    rate = opt_cfg["lr"]
    return lambda w, g: w - rate * (np.sign(g) if name == "rmsprop" else g)


def train(config, epochs=10):
    rng = np.random.default_rng(config.seed)
    weights = build_model(config.model, rng)
    update = make_optimizer(config["optimizer"])
    best = 0.0
    for epoch in range(epochs):
        weights = [update(w, w + rng.normal(size=w.shape) * 0.01) for w in weights]
        accuracy = float(1 / (1 + sum(np.abs(w).mean() for w in weights)))
        best = max(best, accuracy)
        wandb.log({"accuracy": accuracy, "epoch": epoch})
    wandb.summary["best_accuracy"] = best


def main():
    wandb.init(project="nested")
    train(wandb.config)


if __name__ == "__main__":
    main()
