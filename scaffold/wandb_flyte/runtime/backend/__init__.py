"""The backend that keeps runs and sweeps, W&B or the local one: which, and how it is spoken to."""
