"""Packages whose values bring no names of their own to what is logged, or known ones alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

_NAMELESS = frozenset(
    {
        *("Levenshtein", "PIL", "absl", "accelerate", "albumentations", "bitsandbytes", "bokeh"),
        *("cachetools", "clip", "cmapy", "colorama", "cv2", "cycler", "dateutil", "deepspeed"),
        *(
            "dill",
            "dotenv",
            "easydict",
            "einops",
            "einops_exts",
            "esm",
            "faiss",
            "flash_attn",
            "ftfy",
        ),
        *("gensim", "glasbey", "h5py", "higher", "huggingface_hub", "humanize", "hydra"),
        *("imageio", "imageio_ffmpeg", "imgaug", "ipdb", "jaxtyping", "joblib", "jsonlines"),
        *("kornia", "librosa", "loguru", "lxml", "matplotlib", "ml_collections", "mpl_toolkits"),
        *(
            "mpi4py",
            "munch",
            "natsort",
            "networkx",
            "nibabel",
            "nltk",
            "numba",
            "numpy",
            "omegaconf",
        ),
        *("open_clip", "openai", "opt_einsum", "orjson", "packaging", "paramiko", "pandas", "peft"),
        *("pkg_resources", "plotly", "prettytable", "psutil", "pydantic", "pydicom", "pynvml"),
        *("pytesseract", "pytorch_metric_learning", "pytorch_warmup", "pytz", "regex", "requests"),
        *("rich", "safetensors", "scanpy", "scipy", "seaborn", "sentencepiece", "setproctitle"),
        *("setuptools", "simplejson", "six", "skimage", "soundfile", "sparse", "sympy", "tabulate"),
        *("tensorboard", "tensorboardX", "termcolor", "thop", "tifffile", "tiktoken", "timm"),
        *("tokenizers", "toml", "tomli", "torch", "torch_cluster", "torch_geometric"),
        *(
            "torch_scatter",
            "torcheval",
            "torch_sparse",
            "torchaudio",
            "torchinfo",
            "torchsummary",
            "torchtext",
        ),
        *("torchtyping", "torchviz", "tqdm", "typeguard", "typer", "typing_extensions"),
        *("ujson", "umap", "wandb", "xformers", "yaml", "yacs"),
    }
)
_OF_HUGGING_FACE = re.compile(
    r"(overall_)?(accuracy|f1|precision|recall)|.*(bleu|cer|chrf|exact_match|mae|mape|matthews\w*"
    r"|mse|meteor|pearson\w*|perplexit\w+|roc_auc|rouge\w*|score\w*|spearman\w*|ter|wer)"
)
# What these call their measures; the program may put something before it.
_NAMES = {
    "datasets": _OF_HUGGING_FACE,
    "evaluate": _OF_HUGGING_FACE,
    "lightning": re.compile("epoch|step"),
    "pytorch_lightning": re.compile("epoch|step"),
    "sklearn": re.compile(
        r"accuracy|(macro|micro|samples|weighted) avg|precision|recall|f1-score|support"
        r"|(fit|score)_time|(test|train)_\w+|(mean|rank|split\d+|std)_\w+"
    ),
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
