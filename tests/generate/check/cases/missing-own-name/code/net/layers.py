def build(depth):
    return depth
