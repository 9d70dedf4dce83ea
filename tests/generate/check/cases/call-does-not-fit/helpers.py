LOUD = False


def halve(value):
    return value / 2
