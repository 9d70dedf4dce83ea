"""The sweeps that were added to the first one of waves."""
