"""The files of a program, their scopes, and what their syntax says by itself."""
