"""The package of the same name comes first."""
