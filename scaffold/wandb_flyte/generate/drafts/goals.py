"""Which way a metric is better, by its name."""

from __future__ import annotations

import re

from wandb_flyte.spec import Goal

_HIGH = frozenset(
    [
        "acc",
        "accuracy",
        "f1",
        "auc",
        "auroc",
        "auprc",
        "precision",
        "recall",
        "iou",
        "miou",
        "dice",
        "r2",
        "reward",
        "bleu",
        "rouge",
        "psnr",
        "ssim",
        "sharpe",
        "ndcg",
        "mrr",
        "sensitivity",
        "specificity",
    ]
)
# With one of these a name says something else: how much is lost, how far apart two are.
_TURNED = frozenset(
    {
        *("neg", "negative", "inverse", "one", "minus"),
        *("drop", "gap", "diff", "difference", "delta", "std", "var", "variance", "change"),
    }
)
# What plays against what is trained: the better for the one, the worse for the other.
_OPPONENTS = frozenset({"adversary", "critic", "discriminator"})
_LOW = frozenset(
    [
        "loss",
        "losses",
        "error",
        "err",
        "rmse",
        "mse",
        "mae",
        "mape",
        "perplexity",
        "ppl",
        "wer",
        "cer",
        "fid",
        "nll",
        "regret",
        "crossentropy",
        "rmsle",
        "logloss",
    ]
)
# Parts of words that say so less surely.
_LIKELY_HIGH = re.compile(
    r"acc|f1|auc|precision|recall|iou|dice|r2|reward|bleu|rouge|psnr|ssim|ndcg|mrr|sharpe"
    r"|score|top.?[15]|return|(^|[^a-z])map(?![a-z])"
)


def goal_of(name: str) -> Goal | None:
    """Which way a metric is better, None when its name does not say so plainly."""
    words = _words(name)
    high, low = words & _HIGH, words & _LOW
    if bool(high) == bool(low) or words & (_TURNED | _OPPONENTS):
        return None
    return "maximize" if high else "minimize"


def likely_goal(name: str) -> Goal:
    """Which way a metric is better, as far as its name lets one guess."""
    if (known := goal_of(name)) is not None:
        return known
    if _words(name) & (_LOW | _TURNED) or "loss" in name.lower():
        return "minimize"
    return "maximize" if _LIKELY_HIGH.search(name.lower()) else "minimize"


def _words(name: str) -> set[str]:
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return {word for word in re.split(r"[^a-z0-9]+", parted) if word}
