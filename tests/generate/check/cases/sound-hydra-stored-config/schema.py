from dataclasses import dataclass, field
from typing import Any, Dict

from omegaconf import DictConfig


@dataclass
class Unit:
    lr: float = 0.1
    decay: float = 0.1


@dataclass
class Optim(DictConfig):
    lr: float
    extras: Dict[str, Any] = field(default_factory=dict)


@dataclass
class Config:
    optim: Optim
    units: Dict[str, Unit]
    steps: Dict[str, int]
    epochs: int = 2
