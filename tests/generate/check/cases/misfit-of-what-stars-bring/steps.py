def fit(rate, config):
    return rate * config
