"""What generated code imports: the decorators and the agent. Needs flyte and wandb only."""
