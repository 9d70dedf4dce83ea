"""What our objectives share."""

MINE = 1
