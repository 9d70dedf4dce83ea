"""A module that is imported by its name."""

FACTOR = 2
