class Net:
    def __init__(self, width):
        self.width = width

    def parameters(self):
        return []

    def __call__(self, x):
        return x / self.width
