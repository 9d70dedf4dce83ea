"""Names of hyperparameters in Python."""

from __future__ import annotations

import keyword
import re


def python_name(name: str) -> str:
    """The attribute that stands for a hyperparameter: `batch_size` for `batch-size`."""
    # A class would take two underscores for its own: `__x` is `_Params__x` there.
    plain = re.sub(r"^__+", "_", re.sub(r"\W", "_", name))
    if not plain or plain[0].isdigit():
        plain = f"_{plain}"
    return f"{plain}_" if keyword.iskeyword(plain) else plain
