DEFAULTS = {"attention": 1, "width": 4}
