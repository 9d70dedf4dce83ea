from dataclasses import dataclass, field
from typing import Any, Optional

import hydra
import wandb
from hydra.core.config_store import ConfigStore
from omegaconf import MISSING


@dataclass
class Optim:
    lr: float = 0.1
    decay: Optional[float] = None


@dataclass
class Net:
    width: int = MISSING


@dataclass
class Tall(Net):
    depth: int = 4


@dataclass
class Config:
    defaults: list[Any] = field(default_factory=lambda: ["_self_", {"net": "tall"}])
    optim: Optim = field(default_factory=Optim)
    net: Net = MISSING
    epochs: int = 2


store = ConfigStore.instance()
store.store(name="config", node=Config)
store.store(name="tall", group="net", node=Tall(width=8))


@hydra.main(version_base=None, config_path=None, config_name="config")
def main(cfg):
    wandb.init()
    size = cfg.net.width * cfg.net.depth
    wandb.log({"loss": cfg.optim.lr * cfg.optim.decay * size * cfg.epochs})


main()
