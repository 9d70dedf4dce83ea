import wandb


def build(config):
    if config.kind == "deep":
        assert config.kind in ("deep", "flat")
    return 1


config = wandb.init().config
assert config.kind in ["deep", "flat"], "unknown kind"
assert config.depth in (1, 2, 3)
assert config.lr > 0
for step in range(build(config)):
    wandb.log({"loss": config.lr})
