class Rows:
    def __init__(self, rate):
        self.rate = rate
