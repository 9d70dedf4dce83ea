import settings
import wandb

run = wandb.init()
steps = settings.FAST if settings.MODE == "fast" else settings.SLOW
more = settings.EXTRA if settings.MODE == "fast" else 0
wandb.log({"loss": run.config.lr * steps + more})
