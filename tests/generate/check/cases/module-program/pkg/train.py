import wandb
from .model import build

if __name__ == "__main__":
    with wandb.init() as run:
        run.log(build(run.config))
