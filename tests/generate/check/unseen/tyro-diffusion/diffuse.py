from dataclasses import asdict, dataclass, field
from typing import Literal, Optional

import numpy as np
import tyro
import wandb


@dataclass
class OptimConfig:
    lr: float = 1e-4
    beta_two: float = 0.99


@dataclass
class ModelConfig:
    hidden_dim: int = 128
    noise: Literal["linear", "cosine", "sigmoid"] = "linear"


@dataclass
class Config:
    """Everything that a run needs."""

    optim: OptimConfig = field(default_factory=OptimConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    num_steps: int = 10_000
    seed: Optional[int] = None


def betas(cfg: ModelConfig, n: int) -> np.ndarray:
    if cfg.noise == "linear":
        return np.linspace(1e-4, 0.02, n)
    return np.sin(np.linspace(0, np.pi / 2, n)) * 0.02


def fid(cfg: Config, step: int) -> float:
    spread = betas(cfg.model, cfg.num_steps).std()
    return 100 / (1 + step * cfg.optim.lr * cfg.model.hidden_dim) + spread * cfg.optim.beta_two


def main(cfg: Config) -> None:
    rng = np.random.default_rng(cfg.seed)
    wandb.init(project="diffusion", config=asdict(cfg))
    for step in range(0, cfg.num_steps, 100):
        wandb.log({"fid": fid(cfg, step) + rng.normal() * 0.01, "step": step})


if __name__ == "__main__":
    main(tyro.cli(Config))
