import logging

import numpy as np
import wandb

logger = logging.getLogger(__name__)


def search(k=5, metric="cosine", normalize=False, *, n=500):
    rng = np.random.default_rng(1)
    base = rng.normal(size=(n, 16))
    query = base[:50] + rng.normal(scale=0.1, size=(50, 16))
    if normalize:
        base = base / np.linalg.norm(base, axis=1, keepdims=True)
    score = query @ base.T if metric == "cosine" else -((query[:, None] - base) ** 2).sum(-1)
    top = np.argsort(-score, axis=1)[:, :k]
    return {"recall": float((top == np.arange(50)[:, None]).any(1).mean()), "k": k}


def main():
    run = wandb.init(project="ann")
    try:
        result = search(**run.config)
    except ValueError:
        logger.exception("no result")
        run.finish(exit_code=1)
        raise
    run.log({"metrics": result})
    run.finish()
