optimizer = {"lr": 0.1}
layers = {"depth": 1}
decay = 0.1


def rate():
    return optimizer["lr"] * decay
