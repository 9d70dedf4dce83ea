class Net:
    def __init__(self, config):
        self.decay = config.decay
        self.penalty = 1.0 if self.decay > 0 else 0.0
