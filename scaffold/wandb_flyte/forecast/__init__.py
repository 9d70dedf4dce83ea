"""What a sweep will take: wall time, GPU and CPU hours, money. Pure."""

from __future__ import annotations

from .durations import Durations
from .prices import Prices, Rates, load_prices
from .simulation import Forecast, Interval, Shape, forecast

__all__ = [
    "Durations",
    "Forecast",
    "Interval",
    "Prices",
    "Rates",
    "Shape",
    "forecast",
    "load_prices",
]
