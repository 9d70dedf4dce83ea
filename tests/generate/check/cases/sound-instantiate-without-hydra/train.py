import argparse

import wandb
from hydra.utils import instantiate
from omegaconf import OmegaConf

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--config", default="configs/small.yaml")
args = parser.parse_args()
with wandb.init() as run:
    run.log({"Validation accuracy": instantiate(OmegaConf.load(args.config).model).fit(args.lr)})
