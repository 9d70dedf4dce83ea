"""What the decorators do around a Flyte task: its run, its sweep, what came of them."""
