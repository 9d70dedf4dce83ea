import wandb


class Settings:
    pass


def plan(steps, warmup):
    return max(1, int(steps * warmup))


def rate_of(lr):
    return lr / 2


settings = Settings()
run = wandb.init()
first = plan(10, run.config.warmup)
settings.kind = run.config.optimizer.lower()
settings.momentum = run.config.get("momentum", 0.9) * 2
layers = [run.config.sizes] * 2
rate = rate_of(run.config.lr)
weight = 1.0
for _ in range(first):
    weight = weight * run.config.scale if settings.kind == "adam" else weight * settings.momentum
    weight -= rate
    run.log({"loss": weight / sum(layers)})
