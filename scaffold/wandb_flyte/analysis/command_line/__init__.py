"""The options that a program declares, by whichever library."""
