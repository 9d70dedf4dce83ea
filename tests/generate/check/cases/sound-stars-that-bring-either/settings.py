EPOCHS = 3


def fit(rate, epochs):
    return rate * epochs
