def loss(lr):
    return lr * 2
