import wandb


def build(config, depth):
    layers = []
    for i in range(1, depth + 1):
        if f"units_{i}" in config:
            layers.append(config[f"units_{i}"])
        layers.append(getattr(config, f"width_{i}", 4))
        layers.append(config.get(f"size_{i}", 2))
        try:
            layers.append(config[f"heads_{i}"])
        except KeyError:
            break
    return layers


run = wandb.init()
config = run.config
config.update({"kind_a": 1})
layers = build(config, 1)
kind = config["kind_" + "a"[: len(layers)]]
run.log({"loss": config.lr * config.units * config["rate_" + str(kind)]})
