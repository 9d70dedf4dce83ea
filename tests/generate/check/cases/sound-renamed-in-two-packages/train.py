from parts import fit_net

import wandb

run = wandb.init()
fit_net(run.config)
