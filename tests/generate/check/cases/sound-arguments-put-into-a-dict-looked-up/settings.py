DEFAULTS = {"eta": 0.1}
