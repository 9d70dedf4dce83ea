import numpy as np
import wandb

run = wandb.init()
point = np.array(list(dict(run.config).values()))
run.log({"loss": float((point**2).sum())})
