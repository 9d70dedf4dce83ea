import sys

import hydra
import wandb
from settings import CONFIGS


@hydra.main(version_base=None, config_path=f"{CONFIGS}", config_name="config")
def main(cfg):
    print("started as", " ".join(sys.argv))
    wandb.init()
    wandb.log({"loss": cfg.optim.lr * cfg.optim.speed.decay + cfg.optim._group_.depth})


main()
