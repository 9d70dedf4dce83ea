"""Objects of packages that are known to do nothing until somebody uses them."""

from __future__ import annotations

import ast
import re

from wandb_flyte.analysis.source.kinds import full_name
from wandb_flyte.analysis.source.scope import Scope

_CLASSES = r"""(?x)
    (?:tensorflow\.)?keras\.(?:callbacks|layers|losses|optimizers|regularizers)(?:\.\w+)*\.[A-Z]\w*
    | (?:pytorch_lightning|lightning(?:\.pytorch)?)\.callbacks(?:\.\w+)*\.[A-Z]\w*
    | torch\.nn(?:\.modules)?(?:\.\w+)?\.\w*(?:Dropout[123]?d?|(?<!With)Loss|Pool[123]d)
    | torch\.nn(?:\.modules)?(?:\.\w+)?\.(?:C?ELU|GELU|LeakyReLU|Softplus|Threshold|Upsample)
    | torch\.optim(?:\.\w+)?\.[A-Z]\w*(?<!LR)(?<!Restarts)(?<!Plateau)
    | torch\.optim\.lr_scheduler\.(?:MultiStep|Step|Exponential|CosineAnnealing)LR
    | torch\.optim\.lr_scheduler\.(?:CosineAnnealingWarmRestarts|ReduceLROnPlateau)
    | torch\.utils\.data\.(?:DataLoader|dataloader\.DataLoader)
    | transformers\.\w*Arguments
    | peft\.\w+Config
    | trl\.\w+Config
    """


def is_idle(call: ast.Call, scope: Scope) -> bool:
    """Whether a call makes an object that does nothing by itself."""
    return is_idle_class(full_name(call.func, scope.module.outside))


def is_idle_class(name: str) -> bool:
    """Whether objects of a class, by its full name, do nothing by themselves."""
    return bool(re.fullmatch(_CLASSES, name))
