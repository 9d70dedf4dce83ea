"""What our objectives share."""
