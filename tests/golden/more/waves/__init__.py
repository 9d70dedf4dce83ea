"""The waves sweep."""
