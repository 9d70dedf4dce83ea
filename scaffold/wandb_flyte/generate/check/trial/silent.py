"""What the classes of other packages log by themselves that configs name."""

from __future__ import annotations

import re
import sys

# Packages whose optimizers, layers, transforms and metrics log nothing.
_SILENT = frozenset(
    {
        *("albumentations", "diffusers", "einops", "gym", "gymnasium", "numpy"),
        *("omegaconf", "pandas", "scipy", "segmentation_models_pytorch", "sklearn", "timm"),
        *("torch", "torch_geometric", "torchaudio", "torchmetrics", "torchvision"),
    }
)
_STARTS = frozenset(
    {
        *("code", "ctypes", "importlib", "multiprocessing", "os", "pkgutil", "pydoc", "runpy"),
        *("subprocess", "builtins.__import__", "builtins.eval", "builtins.exec"),
    }
)
_LIGHTNING = frozenset({"lightning", "pytorch_lightning"})
# What of Lightning writes down what its modules give it, or nothing.
_QUIET = (
    r"\w*(Checkpoint|Environment|Finetuning|Logger|ModelSummary|Profiler|ProgressBar|Strategy)"
    r"|BatchSizeFinder|Callback|EarlyStopping|GradientAccumulationScheduler|LearningRateFinder"
    r"|ModelPruning|StochasticWeightAveraging|Timer|Trainer|seed_everything"
)
# The names under which the rest of it logs.
RATES = "lr-.*"
_BY_LIGHTNING = {
    "DeviceStatsMonitor": r"DeviceStatsMonitor\..*",
    "LearningRateMonitor": RATES,
    "Trainer": "epoch",
}
# What of Hugging Face's trains, and logs then.
_TRAINS = "(?i)Train|Callback|pipeline"


def logged_by(name: str) -> frozenset[str] | None:
    """What an object of another package logs by itself.

    Args:
        name: The dotted name of its class, or of the function that makes it.

    Returns:
        The names as patterns; None where it may log anything.
    """
    package, last = name.partition(".")[0], name.rpartition(".")[2]
    if package in _LIGHTNING:
        if last in _BY_LIGHTNING:
            return frozenset({_BY_LIGHTNING[last]})
        return frozenset() if re.fullmatch(_QUIET, last) else None
    if package in ("peft", "transformers"):
        return None if re.search(_TRAINS, name) else frozenset()
    if name.startswith("os.path."):
        return frozenset()
    is_plain = package in _SILENT or package in sys.stdlib_module_names
    return frozenset() if is_plain and not {package, name} & _STARTS else None
