"""A pytest plugin for wandb's system tests: what they skip by a mark runs too, and has a result."""

import sys

import PIL
import pytest

# One test asks for Pillow by the name of its distribution, and skips itself where there is none.
sys.modules["pillow"] = PIL


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take the marks `skip` and `skipif` off every test, its class and its module."""
    for item in items:
        for node in item.listchain():
            kept = [mark for mark in node.own_markers if mark.name not in ("skip", "skipif")]
            node.own_markers[:] = kept
