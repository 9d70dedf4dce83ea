def train(config):
    return config
