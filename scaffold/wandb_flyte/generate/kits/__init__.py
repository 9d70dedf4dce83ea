"""Kits: a team's own layer over the base template."""
