class Layer:
    def __init__(self, width):
        self.rows = list(range(width))
