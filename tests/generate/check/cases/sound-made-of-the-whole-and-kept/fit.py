def score(net):
    return net.rate * 2
