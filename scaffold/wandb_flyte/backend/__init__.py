"""The local backend: a server that the unmodified wandb client talks to."""
