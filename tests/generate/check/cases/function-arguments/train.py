def train(lr: int, width, deep=1):
    return lr * width * deep
