def build_model(model_cfg, rng):
    """One matrix for each layer."""
    head = model_cfg.get("head", {})
    keep = 1 - head["dropout"]
    return [rng.normal(size=(16, 16)) * keep for _ in range(model_cfg["layers"])]
