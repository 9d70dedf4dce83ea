"""What holds in the trials of a sweep: its parameters and command beside a program."""
