import hydra
import wandb
from hydra.core.config_store import ConfigStore
from schema import Config

ConfigStore.instance().store(name="base_config", node=Config)


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    wandb.init()
    wandb.log({"loss": cfg.optim.lr * cfg.epochs * cfg.steps["first"] * len(cfg.units)})


main()
