"""Charts as plain geometry; the templates draw them as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wandb_flyte.backend.web.text import shown

# Values that span more than this are drawn on a logarithmic axis.
_DECADES_FOR_LOG = 2.0
# Differences of larger numbers than this overflow.
_TOO_LARGE = 1e300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 24.0, 10.0, 24.0
# How wide a letter of a mark is, and how far apart slanted marks have to be.
_LETTER, _SLANTED_APART = 6.6, 14.0
_MOST_LETTERS = 18
# Whole numbers beyond this are drawn as any others: a float holds no halves there.
_LARGEST_WHOLE = 1e12


@dataclass(frozen=True)
class Point:
    """A dot to draw.

    Attributes:
        x: Its place along the horizontal axis; a text on an axis of names.
        y: Its place along the vertical axis.
        kind: The CSS class that colours it.
        title: What it says when pointed at.
        link: Where a click leads.
    """

    x: float | str
    y: float
    kind: str = ""
    title: str = ""
    link: str = ""


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis, in pixels."""

    at: float
    label: str


@dataclass(frozen=True)
class Dot:
    """A point in pixels."""

    x: float
    y: float
    kind: str
    title: str
    link: str


@dataclass(frozen=True)
class Chart:
    """A chart in pixels, ready to be drawn.

    Attributes:
        title: What stands above it.
        x_label: What its horizontal axis shows.
        width: Of the whole picture.
        height: Of the whole picture.
        x_ticks: Marks along the horizontal axis.
        y_ticks: Marks along the vertical axis.
        dots: The points.
        path: The line as an SVG path, empty when there is none.
        left: Where the drawing begins, beside the marks of the vertical axis.
        bottom: How high the marks of the horizontal axis are.
        slanted: Whether those are written at an angle, as they are too long.
    """

    title: str
    x_label: str
    width: float
    height: float
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    dots: Sequence[Dot]
    path: str
    left: float = _LEFT
    bottom: float = _BOTTOM
    slanted: bool = False

    right, top = _RIGHT, _TOP


def chart(
    title: str,
    points: Sequence[Point],
    *,
    x_label: str = "",
    line: Sequence[tuple[float, float]] = (),
    stepped: bool = False,
    even: bool = False,
    size: tuple[float, float] = (640.0, 260.0),
) -> Chart:
    """A chart of the points, and of a line beside them.

    Args:
        title: What stands above it.
        points: The dots.
        x_label: What the horizontal axis shows.
        line: The corners of a line.
        stepped: Keep each value of the line until the next one, instead of going straight.
        even: Keep the horizontal axis even, however far its values are apart.
        size: Width and height of the whole picture.
    """
    width, height = size
    points = [p for p in points if abs(p.y) < _TOO_LARGE and _drawable(p.x)]
    line = [(x, y) for x, y in line if abs(y) < _TOO_LARGE and _drawable(x)]
    ys = [point.y for point in points] + [y for _, y in line]
    up = _Numbers(ys, height - _BOTTOM, _TOP, log=_spans_decades(ys))
    y_ticks = up.ticks(6)
    left = max(_LEFT, 14 + _LETTER * max((len(tick.label) for tick in y_ticks), default=0))
    names = [point.x for point in points if isinstance(point.x, str)]
    numbers = [float(point.x) for point in points if not isinstance(point.x, str)]
    across: _Scale
    room = 0.0
    if names:
        across = _Names(names, left, width - _RIGHT)
        room = across.slanted_room
    else:
        numbers += [x for x, _ in line]
        log = _spans_decades(numbers) and not (line or even)
        across = _Numbers(numbers, left, width - _RIGHT, log=log)
    return Chart(
        title,
        x_label,
        width,
        height + room,
        across.ticks(6),
        y_ticks,
        [Dot(across(str(p.x) if names else p.x), up(p.y), p.kind, p.title, p.link) for p in points],
        _path([(across(x), up(y)) for x, y in line], stepped),
        left,
        _BOTTOM + room,
        room > 0,
    )


def _drawable(x: float | str) -> bool:
    return isinstance(x, str) or abs(x) < _TOO_LARGE


def _spans_decades(values: Sequence[float]) -> bool:
    if len(values) < 3 or min(values) <= 0:
        return False
    return math.log10(max(values) / min(values)) > _DECADES_FOR_LOG


def _path(corners: Sequence[tuple[float, float]], stepped: bool) -> str:
    parts: list[str] = []
    for x, y in corners:
        if not parts:
            parts.append(f"M{x:.1f} {y:.1f}")
        elif stepped:
            parts.append(f"H{x:.1f}V{y:.1f}")
        else:
            parts.append(f"L{x:.1f} {y:.1f}")
    return "".join(parts)


class _Scale:
    """From values to pixels."""

    def __call__(self, value: float | str) -> float:
        raise NotImplementedError

    def ticks(self, count: int) -> list[Tick]:
        raise NotImplementedError


class _Names(_Scale):
    """Names beside each other, in alphabetical order; slanted where they are too long for that.

    Attributes:
        slanted_room: How much higher the picture is for that; 0 when they are not slanted.
    """

    def __init__(self, names: Sequence[str], start: float, end: float) -> None:
        ordered = sorted(set(names))
        step = (end - start) / len(ordered)
        self._places = {name: start + (i + 0.5) * step for i, name in enumerate(ordered)}
        self._labels = {name: _short(name) for name in ordered}
        wide = _LETTER * max(map(len, self._labels.values()))
        self.slanted_room = 0.0 if wide <= step else 0.65 * wide
        self._stride = math.ceil(_SLANTED_APART / step)

    def __call__(self, value: float | str) -> float:
        return self._places[str(value)]

    def ticks(self, count: int) -> list[Tick]:
        places = list(self._places.items())[:: self._stride]
        return [Tick(at, self._labels[name]) for name, at in places]


def _short(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"


class _Numbers(_Scale):
    """Numbers along a line, evenly or by their logarithms, with a little air at both ends."""

    def __init__(self, values: Sequence[float], start: float, end: float, *, log: bool) -> None:
        self._log = log
        self._bend: Callable[[float], float] = math.log10 if log else float
        low = self._bend(min(values, default=0.0))
        high = self._bend(max(values, default=1.0))
        # Trials, steps and counts have nothing between them to mark.
        self._whole = all(value == round(value) for value in values) and (
            max(abs(low), abs(high)) < _LARGEST_WHOLE
        )
        air = (high - low) * 0.05 or (0.0 if self._whole else abs(high) * 0.05) or 0.5
        self._low, self._high = low - air, high + air
        self._start, self._end = start, end

    def __call__(self, value: float | str) -> float:
        share = (self._bend(float(value)) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)

    def ticks(self, count: int) -> list[Tick]:
        values = self._powers(count) if self._log else self._rounds(count)
        return [Tick(self(value), shown(value)) for value in values]

    def _powers(self, count: int) -> list[float]:
        # The air around the values may reach beyond the powers that a float holds.
        exponents = range(max(math.ceil(self._low), -323), min(math.floor(self._high), 308) + 1)
        return [10.0**exponent for exponent in exponents[:: math.ceil(len(exponents) / count) or 1]]

    def _rounds(self, count: int) -> list[float]:
        power = 10.0 ** math.floor(math.log10((self._high - self._low) / count))
        for step in (power * factor for factor in (1, 2, 5, 10, 20)):
            first, last = math.ceil(self._low / step), math.floor(self._high / step)
            if last - first < count and (step >= 1 or not self._whole):
                return [n * step for n in range(first, last + 1)]
        return []
