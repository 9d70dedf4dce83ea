import wandb


class Settings:
    momentum = 0.9


def plan(steps, warmup):
    return max(1, int(steps * warmup)), steps


def name_of(settings, optimizer):
    return f"{settings.lr:.3f}-{optimizer.lower()}"


settings = Settings()
run = wandb.init()
settings.lr = run.config.lr
settings.momentum = run.config.get("momentum", settings.momentum)
settings.title = name_of(settings, run.config.optimizer)
later = 100 * (1 - run.config.warmup) if run.config.lr else None
for _ in range(3):
    run.log({"loss": settings.lr})
