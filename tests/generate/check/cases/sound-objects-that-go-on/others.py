settings = None


def weight():
    return settings.value
