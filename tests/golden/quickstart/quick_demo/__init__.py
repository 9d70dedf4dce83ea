"""The quick-demo sweep."""
