class Model:
    def __init__(self, width, depth):
        self.width = width
        self.depth = depth
