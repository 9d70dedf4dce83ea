import os
import sys

import wandb

sys.path.append(os.path.join(os.getcwd(), "checkouts/shared"))
from loops import fit

wandb.init()
fit(wandb.config.lr)
