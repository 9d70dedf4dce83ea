def build(cfg):
    depth = cfg.depth
    return {"loss": cfg["lr"] * depth}
