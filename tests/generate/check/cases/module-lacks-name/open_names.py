for name in ("extra", "more"):
    globals()[name] = 1
