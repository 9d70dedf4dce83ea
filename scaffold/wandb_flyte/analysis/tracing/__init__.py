"""Which expressions are the run, its config or the arguments, and where their values go."""
