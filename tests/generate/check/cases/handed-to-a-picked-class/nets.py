class Base:
    def __init__(self, config):
        self.config = config


class Flat(Base):
    def loss(self, step):
        return self.config.lr * step


class Deep(Base):
    def loss(self, step):
        return self.config.lr * self.config.size


NETS = {"flat": Flat, "deep": Deep}
