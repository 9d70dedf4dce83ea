import hydra
import wandb
from omegaconf import OmegaConf


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    wandb.init()
    cfg.depth = 2
    seed = 0 if OmegaConf.is_missing(cfg, "seed") else cfg.seed
    wandb.log({"loss": cfg.lr * cfg.optim.decay * cfg.depth * cfg.width + seed})


main()
