"""One trial: its objective or program, and the process that runs it."""
