shift = 0.0
