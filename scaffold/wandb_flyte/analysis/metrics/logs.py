"""The names under which a program logs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

from wandb_flyte.analysis.source.scope import Scope

from .log_keys import fits

Keys = tuple[str, ...]

# Hugging Face's trainers, whose callback logs `eval/loss`, `train/loss` and the like.
TRAINERS = frozenset(
    {
        *("Trainer", "SFTTrainer", "TrainingArguments", "Seq2SeqTrainingArguments"),
        "report_to",
    }
)
# What logs to the run that is open, and opens none.
_NEEDS_RUN = frozenset(
    {
        *("SummaryWriter", "add_scalar", "add_scalars", "sync_tensorboard"),
        *("WandbCheckpointCallback", "WandbEvalCallback", "WandbMetricsLogger"),
        "WandbModelCheckpoint",
    }
)
_OF_EVALUATIONS = ("eval/", "test/")
# What some packages log by themselves begins with; of the others it may be any name.
_BEGINNINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("WandbEvalCallback", "WandbLogger", "WandbModelCheckpoint"), ()),
    "WandbMetricsLogger": ("batch/", "epoch/"),
    **dict.fromkeys(TRAINERS, (*_OF_EVALUATIONS, "train/")),
    "YOLO": ("lr/", "metrics/", "model/", "train/", "val/"),
}
# What Ultralytics has no name for: losses alone have those of training and validation in front of
# them, and what detection is measured by has `(B)` behind it, or the like.
_NOT_OF_YOLO = re.compile(
    r"(train|val)/.*(acc|f1|fitness|map|precision|recall)|metrics/(map|precision|recall)[\w.:-]*$",
    re.IGNORECASE,
)


@dataclass
class Logs:
    """What is logged.

    Attributes:
        names: The names that are written out, each with the first place.
        patterns: Regular expressions of names that are put together.
        unclear: Something is logged whose names the source does not show.
        foreign: Its names may come from another package.
        handed: Another package has the run itself, or the trial's config is logged: of what it
            logs the code shows nothing.
        started: Other programs are started, which may log.
        made: Objects of classes that a config or a text names may log.
        integrations: Other packages that log by themselves.
        evaluated: What Hugging Face's trainers log of evaluations, as regular expressions; None
            where the source does not show it.
        reports: What says where Hugging Face's trainers log to: `report_to`, with its scope.
        opens_run: Whether the code opens a run.
        guarded: Names that are logged under an `if` without `else`: the keys of hyperparameters
            that it looks at, with the place.
        free: Names that are logged in other places.
        places: Where each name is logged that is written out: the node, and its scope.
        calls: The calls of `log` of W&B's runs, with their scopes.
        logs_config: Whether the trial's config itself is logged.
        mentions_wandb: Whether the code names W&B in any other way than importing it.
    """

    names: dict[str, tuple[Path, int]] = field(default_factory=dict)
    patterns: set[str] = field(default_factory=set)
    unclear: bool = False
    foreign: bool = False
    handed: bool = False
    started: bool = False
    made: bool = False
    integrations: set[str] = field(default_factory=set)
    evaluated: frozenset[str] | None = None
    reports: list[tuple[ast.expr, Scope]] = field(default_factory=list)
    opens_run: bool = False
    guarded: dict[str, tuple[set[Keys], tuple[Path, int]]] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    places: dict[str, list[tuple[ast.AST, Scope]]] = field(default_factory=dict)
    calls: list[tuple[ast.Call, Scope]] = field(default_factory=list)
    logs_config: bool = False
    mentions_wandb: bool = False

    @property
    def unseen(self) -> bool:
        """Whether any name may be logged, as far as the source shows."""
        return self.unclear or self.started or self.made

    @property
    def begins(self) -> list[str]:
        """What the names begin with that other packages log by themselves, as far as known."""
        found = {begin for one in self.integrations for begin in _BEGINNINGS.get(one, ())}
        return sorted(found if self.evaluated is None else found - set(_OF_EVALUATIONS))

    @property
    def any_by_others(self) -> bool:
        """Whether another package logs by itself, under names that are not known."""
        return any(one not in _BEGINNINGS for one in self.integrations)

    @property
    def opens_by_others(self) -> bool:
        """Whether another package may open a run by itself."""
        return not self.integrations <= _NEEDS_RUN

    def shows(self, name: str) -> bool:
        """Whether the source shows that this name is logged, or may be."""
        if name in self.names or any(self._may_log(one, name) for one in self.integrations):
            return True
        return any(fits(one, name) for one in self.patterns)

    def may_log(self, name: str) -> bool:
        """Whether the source leaves it possible that this name is logged."""
        return self.unseen or self.shows(name)

    @property
    def by_trainers(self) -> set[str]:
        """The names that Hugging Face's trainers surely may log of evaluations."""
        known = self.evaluated or () if self.integrations & TRAINERS else ()
        return {one.replace("\\", "") for one in known if ".*" not in one}

    def _may_log(self, integration: str, name: str) -> bool:
        if integration == "YOLO" and _NOT_OF_YOLO.match(name):
            return False
        is_known = self.evaluated is not None and name.startswith(_OF_EVALUATIONS)
        if integration in TRAINERS and is_known:
            return any(fits(one, name) for one in self.evaluated or ())
        return name.startswith(_BEGINNINGS.get(integration, ""))
