"""The sweep deep."""
