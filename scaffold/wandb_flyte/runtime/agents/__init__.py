"""Agents: what asks a sweep for trials and has them run."""
