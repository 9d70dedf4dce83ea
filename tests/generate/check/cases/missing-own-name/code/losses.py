def mean_loss(output, rate):
    return output / rate
