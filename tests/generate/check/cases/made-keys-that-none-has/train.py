import wandb


def build(config, depth):
    layers = []
    for i in range(1, depth + 1):
        layers.append(getattr(config, f"units_{i}"))
        layers.append(config[f"rate_{i}"])
    return layers


run = wandb.init()
config = run.config
layers = build(config, 3)
kind = config["kind_" + str(len(layers))]
run.log({"loss": config.lr * config.units * len(kind)})
