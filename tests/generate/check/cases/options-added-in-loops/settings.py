from dataclasses import dataclass
from typing import Any

DEFAULTS = {"depth": 2, "bias": True}


@dataclass
class Parameter:
    name: str
    default: Any = None


EXTRA = [Parameter("log_dir", "logs")]
