from pathlib import Path

import wandb
import yaml
from objective import train

ROOT = Path(__file__).resolve().parent.parent


def load(path):
    with open(path) as file:
        return yaml.load(file, Loader=yaml.SafeLoader)


if __name__ == "__main__":
    sweep_id = wandb.sweep(load(ROOT / "sweep.yaml"))
    wandb.agent(sweep_id, train, count=4)
