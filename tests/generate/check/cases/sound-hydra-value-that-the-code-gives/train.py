import hydra
import wandb
from omegaconf import OmegaConf


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    wandb.init()
    OmegaConf.update(cfg, "optim.decay", 0.1)
    wandb.log({"loss": cfg.lr * cfg.optim.decay})


main()
