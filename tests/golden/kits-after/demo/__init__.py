"""The demo sweep."""
