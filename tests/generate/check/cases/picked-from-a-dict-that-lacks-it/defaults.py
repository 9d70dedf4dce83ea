SETTINGS = {
    "sgd": {"function": pow, "arguments": dict(lr=0.1, momentum=0.9)},
    "adam": {"function": pow, "arguments": {"lr": 0.1, "betas": (0.9, 0.999)}},
}
