"""What a task is told about W&B: it travels through Flyte's custom context as JSON values.

A value that was not given is not in the JSON, so that a nested setting inherits what it does not
set. Keys of the context that are not ours belong to the user.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

from wandb_flyte._version import __version__
from wandb_flyte.errors import UserError
from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime._checking import check_one_of, check_text, check_texts
from wandb_flyte.runtime._console import say
from wandb_flyte.runtime.backend.backends import BackendName
from wandb_flyte.runtime.tasks.plan import RankScope, RunMode

_entered: ContextVar[tuple[AbstractContextManager[Any], ...]] = ContextVar("entered", default=())


@dataclass(frozen=True)
class Settings(Mapping[str, str]):
    """Settings that fit Flyte's custom context, and work as a context manager inside a task."""

    KEY: ClassVar[str]
    NAME: ClassVar[str]

    @classmethod
    def read(cls, context: Mapping[str, str]) -> Self | None:
        """The settings in a custom context, or None when it has none.

        Raises:
            UserError: There is one that this version does not know.
        """
        text = context.get(cls.KEY)
        if text is None:
            return None
        given = json.loads(text)
        known = {entry.name for entry in fields(cls)}
        if unknown := [name for name in given if name not in known]:
            raise UserError(
                f"{cls.NAME} says `{unknown[0]}`, which wandb-flyte {__version__}, the version"
                " installed here, does not know.",
                hint="Give the task's image the version of wandb-flyte that the run was started"
                " with.",
            )
        return cls(**given)

    @classmethod
    def read_or_empty(cls, context: Mapping[str, str]) -> Self:
        """The settings in a custom context, nothing given when it has none."""
        return cls.read(context) or cls()

    def given(self) -> dict[str, Any]:
        """What was set, by name."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        values["kwargs"] = values["kwargs"] or None
        return {name: value for name, value in values.items() if value is not None}

    def over(self, other: Self) -> Self:
        """These settings, with another's where these say nothing."""
        mine, theirs = self.given(), other.given()
        extra = {**theirs.pop("kwargs", {}), **mine.pop("kwargs", {})}
        return type(self)(**{**theirs, **mine, "kwargs": extra})

    def __getitem__(self, key: str) -> str:
        if key != self.KEY:
            raise KeyError(key)
        return json.dumps(_plain(self.given(), type(self).__name__))

    def __iter__(self) -> Iterator[str]:
        return iter((self.KEY,))

    def __len__(self) -> int:
        return 1

    def __enter__(self) -> Self:
        here = _flyte.where()
        if here is None:
            # Flyte's custom_context does nothing there, without a word.
            say(
                f"`with {self.NAME}(…)` has no effect outside of a Flyte task; for a run write "
                f"flyte.with_runcontext(custom_context={self.NAME}(…))"
            )
        outer = self.read_or_empty(here.context if here else {})
        published = _flyte.publish(dict(self.over(outer)))
        published.__enter__()
        _entered.set((*_entered.get(), published))
        return self

    def __exit__(self, *error: Any) -> None:
        *rest, published = _entered.get()
        _entered.set(tuple(rest))
        published.__exit__(*error)


@dataclass(frozen=True)
class WandbConfig(Settings):
    """Settings of W&B runs; see `wandb_config`. None means not given."""

    KEY: ClassVar[str] = "wandb_flyte_config"
    NAME: ClassVar[str] = "wandb_config"

    project: str | None = None
    entity: str | None = None
    host: str | None = None
    id: str | None = None
    name: str | None = None
    tags: list[str] | None = None
    config: dict[str, Any] | None = None
    mode: str | None = None
    group: str | None = None
    run_mode: RunMode | None = None
    rank_scope: RankScope | None = None
    download_logs: bool | None = None
    backend: BackendName | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_one_of("run_mode", self.run_mode, RunMode)
        check_one_of("rank_scope", self.rank_scope, RankScope)
        check_one_of("backend", self.backend, BackendName)
        for name in ("project", "entity", "host", "id", "name", "mode", "group"):
            check_text(name, getattr(self, name))
        check_texts("tags", self.tags)

    def init_arguments(self) -> dict[str, Any]:
        """What of it `wandb.init` takes."""
        given = self.given()
        extra = given.pop("kwargs", {})
        for name in ("host", "run_mode", "rank_scope", "download_logs", "backend"):
            given.pop(name, None)
        return {**extra, **given}


@dataclass(frozen=True)
class WandbSweepConfig(Settings):
    """Settings of a W&B sweep; see `wandb_sweep_config`. None means not given."""

    KEY: ClassVar[str] = "wandb_flyte_sweep"
    NAME: ClassVar[str] = "wandb_sweep_config"

    method: str | None = None
    metric: dict[str, Any] | None = None
    parameters: dict[str, Any] | None = None
    project: str | None = None
    entity: str | None = None
    prior_runs: list[str] | None = None
    name: str | None = None
    download_logs: bool | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("project", "entity", "name"):
            check_text(name, getattr(self, name))
        check_texts("prior_runs", self.prior_runs)

    def to_sweep_config(self) -> dict[str, Any]:
        """The sweep config in W&B's format."""
        given = self.given()
        extra = given.pop("kwargs", {})
        for name in ("project", "entity", "prior_runs", "download_logs"):
            given.pop(name, None)
        return {**given, **extra}


def _plain(given: dict[str, Any], what: str) -> dict[str, Any]:
    """The settings as JSON values."""
    settings = given.get("kwargs", {}).get("settings")
    if hasattr(settings, "model_dump"):
        dumped = settings.model_dump(mode="json", exclude_unset=True)
        given = {**given, "kwargs": {**given["kwargs"], "settings": dumped}}
    for name, value in {**given, **given.get("kwargs", {})}.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError) as error:
            raise UserError(
                f"{what}: `{name}` is {_article(value)}, which Flyte's context can't carry: "
                f"{error}.",
                hint="Give plain values (text, numbers, lists, mappings), or give it to "
                "@wandb_init, which keeps it in the code.",
            ) from error
    return given


def _article(value: object) -> str:
    return f"a {type(value).__name__}"
