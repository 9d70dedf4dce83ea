def load():
    return 1.0
