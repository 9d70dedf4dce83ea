AUGMENT = False
OPTIONS = {"noisy": False}
