import argparse
from types import SimpleNamespace

import wandb

defaults = dict(learning_rate=1e-3, num_heads=4, ff_mult=4, epochs=8)


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cuda")
    known, _rest = parser.parse_known_args()
    return known


def loss_at(hp, epoch):
    return 10 / (1 + epoch * hp.learning_rate * hp.num_heads * hp.ff_mult)


def main():
    options = parse()
    settings = dict(defaults)
    wandb.init(project="transformer", config=defaults)
    settings.update(wandb.config)
    hp = SimpleNamespace(**settings)
    print("training on", options.device)
    for epoch in range(hp.epochs):
        wandb.log({"Validation Loss": loss_at(hp, epoch), "Epoch": epoch})


if __name__ == "__main__":
    main()
