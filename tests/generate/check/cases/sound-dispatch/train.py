import wandb


def make_sgd(config):
    return config.momentum


def make_adam(config):
    return 1


def by_heads(config):
    return config.heads


def by_filters(config):
    return config.filters


MAKERS = {"sgd": make_sgd, "adam": make_adam}
COUNTS = {"heads": by_heads, "adam": make_adam}
CHANGED = {"filters": by_filters, "adam": make_adam}
CHANGED["adam"] = by_filters

run = wandb.init()
config = run.config
loss = MAKERS[config.kind](config) + COUNTS[config.kind](config) + CHANGED[config.kind](config)
loss += sum(one(config) for one in MAKERS.values())
for name in COUNTS:
    loss += COUNTS[name](config)
run.log({"loss": loss})
