"""Keeps pytest out of the golden trees: they are what a project looks like, and no tests here."""

collect_ignore_glob = ["*"]
