from __future__ import annotations


def scale(rate: Rate) -> Rate:
    return rate * 2
