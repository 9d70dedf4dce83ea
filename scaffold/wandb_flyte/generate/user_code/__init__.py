"""The code that a user has: where it stands, and what of it comes along into a project."""
