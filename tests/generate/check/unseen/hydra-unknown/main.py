"""Entry point."""

import logging

import hydra
import wandb
from omegaconf import DictConfig, OmegaConf

log = logging.getLogger(__name__)


def fit(cfg: DictConfig) -> None:
    loss = 1.0
    for epoch in range(cfg.training.epochs):
        loss *= 1 - cfg.training.lr * cfg.model.layers
        log.info("epoch %d: %f", epoch, loss)
        wandb.log({"val_loss": loss / cfg.training.batch_size}, step=epoch)


@hydra.main(version_base="1.2", config_path="configs", config_name="default")
def main(cfg: DictConfig) -> None:
    print(OmegaConf.to_yaml(cfg))
    run = wandb.init(project=cfg.wandb.project, config=OmegaConf.to_container(cfg, resolve=True))
    try:
        fit(cfg)
    finally:
        run.finish()


if __name__ == "__main__":
    main()
