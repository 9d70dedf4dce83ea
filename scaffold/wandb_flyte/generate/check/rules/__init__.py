"""What `wandb-flyte check` finds, a module for each matter."""
