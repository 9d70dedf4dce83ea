"""A module in a folder without `__init__.py`."""

OFFSET = 0.5
