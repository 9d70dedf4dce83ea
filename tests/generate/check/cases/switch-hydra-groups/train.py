import hydra
import wandb


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    if cfg.track:
        wandb.init()
    for step in range(cfg.steps):
        wandb.log({"loss": cfg.lr * cfg.depth})


main()
