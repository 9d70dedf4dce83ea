"""What an hour costs, and how much of it may be spent: a project's `prices.toml`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from wandb_flyte._toml import NotToml, read_toml, toml_lines
from wandb_flyte.errors import Finding, InvalidInput

_LARGEST = 64 * 1024
# No amount of money and no number of hours comes near it.
_MOST = 1e15
_EXAMPLE = 'currency = "USD", and under [prices] one line such as `gpu = 2.5`'
_PARTS = ("cpu", "gpu")
# How much of two names has to be the same: `A100` and `A10O`, not `A100` and `T4`.
_ALIKE = 0.75
_CAPS = ("cost", "gpu_hours", "cpu_hours")


@dataclass(frozen=True)
class Rates:
    """What one agent uses while it runs.

    Attributes:
        cpus: Cores.
        gpus: GPUs.
        gpu_type: Their type, such as `A100`; empty when any will do.
    """

    cpus: float = 0.0
    gpus: float = 0.0
    gpu_type: str = ""


@dataclass(frozen=True)
class Prices:
    """What an hour costs.

    Attributes:
        currency: What the prices are in.
        per_hour: The price of an hour of one `cpu`, one `gpu`, or one GPU of a type by its name.
        caps: The most `cost`, `gpu_hours` and `cpu_hours` that a sweep may be forecast to take.
        lines: The line of its file that each key stands in, such as `prices.gpu`.
    """

    currency: str = ""
    per_hour: Mapping[str, float] = field(default_factory=dict)
    caps: Mapping[str, float] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def hourly(self, rates: Rates) -> float | None:
        """What an hour of one agent costs; None when the price of something it uses is unknown."""
        if self.unknown(rates):
            return None
        gpu = self.per_hour.get(rates.gpu_type, self.per_hour.get("gpu", 0.0))
        return rates.cpus * self.per_hour.get("cpu", 0.0) + rates.gpus * gpu

    def unknown(self, rates: Rates) -> str:
        """The name of a price that an agent's cost needs and the table lacks, empty for none.

        Beside GPUs with a price, cores without one are free: the price is the whole machine's.
        """
        if rates.gpus and not {rates.gpu_type, "gpu"} & self.per_hour.keys():
            return rates.gpu_type or "gpu"
        return "" if rates.gpus or "cpu" in self.per_hour else "cpu"

    def nearest(self, gpu_type: str, types: Collection[str]) -> str:
        """The name in the table that is most like a type of GPU that it lacks, empty for none.

        Args:
            gpu_type: The type.
            types: The types that there are: a name that is one of them stands for itself.
        """
        if not gpu_type or gpu_type in self.per_hour:
            return ""
        names = {_folded(name): name for name in self.per_hour if name not in {*types, *_PARTS}}
        found = get_close_matches(_folded(gpu_type), names, n=1, cutoff=_ALIKE)
        return names[found[0]] if found else ""


def load_prices(file: Path) -> Prices:
    """Reads a price table; a file that isn't there is an empty one.

    Raises:
        InvalidInput: It is no TOML or no price table; every finding at once.
    """
    if not file.is_file():
        return Prices()
    if file.stat().st_size > _LARGEST:
        raise InvalidInput([Finding(f"It is larger than {_LARGEST // 1024} KiB.", file=file.name)])
    try:
        raw, text = read_toml(file.read_bytes())
    except NotToml as error:
        hint = f"Write {_EXAMPLE}."
        raise InvalidInput([Finding(error.message, hint, file.name, error.line)]) from error
    lines = {".".join(path): line for path, line in toml_lines(text).items()}
    findings = [
        replace(finding, file=file.name, line=lines.get(finding.path)) for finding in _check(raw)
    ]
    if findings:
        raise InvalidInput(findings)
    return Prices(
        str(raw.get("currency", "")),
        {name: float(price) for name, price in raw.get("prices", {}).items()},
        {name: float(cap) for name, cap in raw.get("caps", {}).items()},
        lines,
    )


def _folded(name: str) -> str:
    """A name without what is easily written or read otherwise: cases, signs, O for 0, l for 1."""
    letters = "".join(sign for sign in name.casefold() if sign.isalnum())
    return letters.translate(str.maketrans("oil", "011"))


def _check(raw: Mapping[str, Any]) -> Iterator[Finding]:
    for name in [name for name in raw if name not in ("currency", "prices", "caps")]:
        message = f"`{name}` is no key of a price table."
        yield Finding(message, hint=f"Write {_EXAMPLE}.", path=name)
    currency = raw.get("currency", "")
    if not isinstance(currency, str) or not currency.isprintable():
        message = f"`{currency}` is no line of text."
        yield Finding(message, hint='Write "USD".', path="currency")
    for table in ("prices", "caps"):
        values = raw.get(table, {})
        if not isinstance(values, dict):
            yield Finding(f"`{values}` is no table.", hint=f"Write [{table}].", path=table)
            continue
        for name, value in values.items():
            if table == "caps" and name not in _CAPS:
                names = ", ".join(f"`{cap}`" for cap in _CAPS)
                yield Finding(
                    "There is no such cap.", hint=f"There are {names}.", path=f"caps.{name}"
                )
            elif table == "prices" and (meant := _meant(name)):
                message = f"`{name}` is nothing that has a price."
                yield Finding(message, hint=f"Write `{meant}`.", path=f"prices.{name}")
            elif not _is_amount(value):
                hint = "Write a number from 0 on."
                yield Finding(f"`{value!s:.40}` is no amount.", hint=hint, path=f"{table}.{name}")


def _meant(name: str) -> str:
    """`cpu` or `gpu` where it is written in another way; empty for these and for GPU types."""
    plain = name.casefold().removesuffix("s")
    return plain if plain in _PARTS and name != plain else ""


def _is_amount(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < _MOST
