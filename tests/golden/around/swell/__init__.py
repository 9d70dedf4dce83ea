"""The swell sweep."""
