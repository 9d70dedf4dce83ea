import settings
import wandb
from settings import AUGMENT

run = wandb.init()
rate = run.config.lr
if AUGMENT or settings.OPTIONS["noisy"]:
    rate *= run.config.noise
run.log({"loss": rate})
