LR = 0.1
WIDTH = 2


class Options:
    depth = 2
    heads = 2


options = Options()
