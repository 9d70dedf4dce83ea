import atexit
import signal

import wandb

atexit.register(lambda: leave())
signal.signal(signal.SIGTERM, lambda number, frame: leave())
run = wandb.init()
wandb.log({"loss": run.config.lr})
