def step(lr):
    return lr
