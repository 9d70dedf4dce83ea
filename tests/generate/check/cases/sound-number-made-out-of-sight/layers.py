class small:
    def __init__(self, config):
        self.rate = float(config["rate"])

    def loss(self):
        return self.rate


class large(small):
    def loss(self):
        return 2 * self.rate
