def small(lr):
    return lr
