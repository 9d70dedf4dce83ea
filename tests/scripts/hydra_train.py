"""A Hydra program, with its config folder."""

import hydra
import wandb
from omegaconf import DictConfig, OmegaConf


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg: DictConfig) -> None:
    """Train once."""
    with wandb.init(config=OmegaConf.to_container(cfg)) as run:
        run.log({"loss": (cfg.lr - 0.1) ** 2 + cfg.depth + cfg.offset})


if __name__ == "__main__":
    main()
