AUGMENT = False
OPTIONS = {"noisy": False}


def enable(name):
    OPTIONS[name] = True


enable("noisy")
