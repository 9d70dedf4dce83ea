def loss(rate):
    return rate
