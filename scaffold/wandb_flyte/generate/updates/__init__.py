"""Bringing projects to another version of their template, and what they differ in from it."""
