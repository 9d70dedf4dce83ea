"""A trial, gone through on paper: what its code does with each value, as far as can be known."""
