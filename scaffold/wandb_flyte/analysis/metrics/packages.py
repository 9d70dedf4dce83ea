"""Packages whose values bring no names of their own to what is logged, or known ones alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

_NAMELESS = frozenset(
    {
        *("absl", "accelerate", "albumentations", "apex", "ase", "bitsandbytes", "bokeh"),
        *("botorch", "cachetools", "chex", "click", "clip", "cmapy", "colorama"),
        *("configargparse", "cv2", "cycler", "dateutil", "deepspeed", "dgl", "dill", "distrax"),
        *("docopt", "dotenv", "e3nn", "easydict", "einops", "einops_exts", "equinox", "esm"),
        *("faiss", "fire", "flash_attn", "flax", "ftfy", "gensim", "glasbey", "gpytorch"),
        *("h5py", "haiku", "higher", "huggingface_hub", "humanize", "hydra", "imageio"),
        *("imageio_ffmpeg", "imgaug", "ipdb", "jax", "jaxlib", "jaxopt", "jaxtyping", "joblib"),
        *("jsonargparse", "jsonlines", "kornia", "Levenshtein", "librosa", "lightning_fabric"),
        *("lightning_utilities", "loguru", "lpips", "lxml", "mamba_ssm", "matplotlib"),
        *("ml_collections", "mpi4py", "mpl_toolkits", "mujoco", "munch", "natsort", "networkx"),
        *("nibabel", "nltk", "numba", "numpy", "omegaconf", "open_clip", "openai", "opt_einsum"),
        *("optax", "optuna", "orbax", "orjson", "packaging", "pandas", "paramiko", "peft"),
        *("PIL", "pkg_resources", "plotly", "polars", "prettytable", "psutil", "pyarrow"),
        *("pycocotools", "pydantic", "pydicom", "pynvml", "pyro", "pytesseract"),
        *("pytorch_metric_learning", "pytorch_msssim", "pytorch_warmup", "pytz", "rdkit"),
        *("regex", "requests", "rich", "safetensors", "scanpy", "scipy", "seaborn"),
        *("sentencepiece", "setproctitle", "setuptools", "simple_parsing", "simple_pytree"),
        *("simplejson", "six", "skimage", "soundfile", "sparse", "sympy", "tabulate", "tap"),
        *("tensorboard", "tensorboardX", "termcolor", "thop", "tifffile", "tiktoken", "timm"),
        *("tokenizers", "toml", "tomli", "torch", "torch_cluster", "torch_geometric"),
        *("torch_scatter", "torch_sparse", "torchaudio", "torchdiffeq", "torcheval"),
        *("torchinfo", "torchsde", "torchsummary", "torchtext", "torchtyping", "torchviz"),
        *("tqdm", "triton", "typeguard", "typer", "typing_extensions", "tyro", "ujson", "umap"),
        *("wandb", "xarray", "xformers", "yacs", "yaml", "zarr"),
    }
)
_OF_HUGGING_FACE = re.compile(
    r"(overall_)?(accuracy|f1|precision|recall)|.*(bleu|cer|chrf|exact_match|mae|mape|matthews\w*"
    r"|mse|meteor|pearson\w*|perplexit\w+|roc_auc|rouge\w*|score\w*|spearman\w*|ter|wer)"
)
_OF_KERAS = re.compile(
    r"(val_)?(epoch|lr|learning_rate|\w*(acc|accuracy|auc|cosine\w+|crossentropy|divergence|error|hinge"
    r"|iou|logcosh|loss|mae|mse|poisson|precision|recall|score)(_\d+)?)"
)
# What these call their measures; the program may put something before it.
_NAMES = {
    "datasets": _OF_HUGGING_FACE,
    "evaluate": _OF_HUGGING_FACE,
    "keras": _OF_KERAS,
    "lightning": re.compile("epoch|step"),
    "pytorch_lightning": re.compile("epoch|step"),
    "sklearn": re.compile(
        r"accuracy|(macro|micro|samples|weighted) avg|precision|recall|f1-score|support"
        r"|(fit|score)_time|(test|train)_\w+|(mean|rank|split\d+|std)_\w+"
    ),
    "tensorflow": _OF_KERAS,
    "tf_keras": _OF_KERAS,
    "torchmetrics": re.compile(r"classes|ma[pr](_\w+)?|\w*fmeasure|\w*precision|\w*recall"),
    "torchvision": re.compile("loss_(box_reg|classifier|keypoint|mask|objectness|rpn_box_reg)"),
    "transformers": re.compile(
        "(eval|predict|test|train)_.*|acc|acc_and_f1|corr|epoch|exact|f1|logits|loss|mcc|mnli.*"
        "|pearson|spearmanr|total|HasAns_.*|NoAns_.*|best_.*"
    ),
}


def may_name(packages: Iterable[str], name: str) -> bool:
    """Whether one of some packages may bring a name, or an end of it.

    Args:
        packages: The packages' names at the top, those of Python among them.
        name: The name that is logged.
    """
    ends = {name, *(name[match.end() :] for match in re.finditer(r"[^a-zA-Z0-9]+", name))}
    for package in set(packages) - sys.stdlib_module_names - _NAMELESS:
        pattern = _NAMES.get(package)
        if pattern is None or any(map(pattern.fullmatch, ends)):
            return True
    return False
