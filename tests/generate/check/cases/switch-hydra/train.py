import hydra
import wandb


def start(cfg):
    return cfg.logging.wandb


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    run = wandb.init() if cfg.logging.wandb else None
    if cfg.evaluate.every and run:
        run.log({"loss": cfg.lr})


main()
