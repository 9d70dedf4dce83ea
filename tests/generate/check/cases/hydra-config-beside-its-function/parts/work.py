import hydra
import wandb


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    wandb.init()
    wandb.log({"loss": cfg.lr * cfg.depth})
