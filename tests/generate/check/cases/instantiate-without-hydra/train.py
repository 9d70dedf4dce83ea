import argparse

import wandb
from hydra.utils import instantiate
from omegaconf import OmegaConf

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--config", default="configs/small.yaml")
args = parser.parse_args()
settings = instantiate(OmegaConf.load(args.config).settings)
with wandb.init() as run:
    for epoch in range(settings.epochs):
        run.log({"Validation accuracy": epoch * args.lr})
