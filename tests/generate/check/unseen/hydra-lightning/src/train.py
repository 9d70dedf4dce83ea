import hydra
import lightning as L
import wandb
from hydra.utils import instantiate
from lightning.pytorch.loggers import WandbLogger
from omegaconf import DictConfig, OmegaConf

from modules.classifier import Classifier


@hydra.main(version_base="1.3", config_path="../conf", config_name="config")
def main(cfg: DictConfig) -> float:
    L.seed_everything(cfg.seed)
    logger = WandbLogger(project="digits", name=cfg.experiment_name)
    logger.experiment.config.update(OmegaConf.to_container(cfg, resolve=True))
    model = Classifier(cfg)
    trainer = L.Trainer(max_epochs=cfg.trainer.max_epochs, logger=logger)
    trainer.fit(model, datamodule=instantiate(cfg.data))
    wandb.finish()
    return trainer.callback_metrics["val/acc"].item()


if __name__ == "__main__":
    main()
