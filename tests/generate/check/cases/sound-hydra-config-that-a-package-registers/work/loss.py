def loss(cfg):
    return 1 / cfg.net.width
