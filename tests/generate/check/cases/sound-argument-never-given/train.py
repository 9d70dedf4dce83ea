import wandb


def build(width, names=None, depth=None, sizes=None):
    names = names or ["hidden"]
    if depth is None:
        depth = 1
    if sizes:
        width += sum(sizes)
    return [f"{name}{width}" for name in names for _ in range(depth)]


def scale(value, by=None):
    return value if by is None else value * by.factor


def shown(value, unit=None):
    try:
        return unit.format(value)
    except AttributeError:
        return str(value)


def train(config=None, args=None, more=None):
    args = args if args is not None else {"project": "digits"}
    with wandb.init(config=config, project=args["project"]):
        if more is not None:
            wandb.run.notes = more.notes
        loss = scale(wandb.config.lr) * len(build(4))
        print(shown(loss), flush=more and more.flush)
        wandb.log({"loss": loss})


if __name__ == "__main__":
    wandb.agent(wandb.sweep({}), train)
