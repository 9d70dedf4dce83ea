"""The names under which a program logs."""
