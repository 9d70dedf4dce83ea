"""What a Python program does with its W&B run and its command line, read from its source.

Nothing of the program is imported or run.
"""
