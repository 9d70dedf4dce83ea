"""What shows that long work goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

import click

from wandb_flyte.cli._output import note

_STEP = 0.25
_PATIENCE_S = 5.0


@contextmanager
def bytes_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """What to call with the bytes done and in all: a bar on a terminal, a line a quarter else."""
    if not sys.stderr.isatty():
        yield _Lines(label)
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def move(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield move


@contextmanager
def told_when_slow(text: str, after_s: float = _PATIENCE_S) -> Iterator[None]:
    """Says what is being done, once, where it takes longer than most do.

    Args:
        text: What is said.
        after_s: After how many seconds.
    """
    timer = Timer(after_s, note, [text])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Lines:
    def __init__(self, label: str) -> None:
        self._label = label
        self._next = _STEP

    def __call__(self, done: int, total: int) -> None:
        share = done / total if total else 1.0
        if share >= self._next:
            note(f"{self._label}: {share:.0%} of {total:,} bytes")
            self._next = share - share % _STEP + _STEP
