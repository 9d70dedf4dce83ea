"""What is wrong with a sweep config and its code, found by reading the two."""
