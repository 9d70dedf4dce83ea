"""A first sweep config for code that has none."""
