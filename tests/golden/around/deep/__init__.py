# Deep.
