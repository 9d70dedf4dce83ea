import math
class Net:
    def __init__(self, x): self.x = x
    def __call__(self, labels): return math.sin(self.x) * len(labels)
