"""What `wandb-flyte run` does: start, follow, stop and report a sweep."""
