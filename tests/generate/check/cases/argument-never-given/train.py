import argparse

import wandb


def build(width, names=None):
    return [f"{name}{width}" for name in names]


def report(loss, digits=None):
    wandb.log({"loss": round(loss, 3)})
    print(f"{loss:.{digits.places}f}")


def train(config=None, args=None):
    with wandb.init(config=config, project=args.project):
        layers = build(4)
        report(wandb.config.lr * len(layers))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--project", default="digits")
    args = parser.parse_args()
    sweep_id = wandb.sweep({}, project=args.project)
    wandb.agent(sweep_id, train)
