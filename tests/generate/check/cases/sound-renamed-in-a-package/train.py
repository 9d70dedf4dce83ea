import parts

import wandb

run = wandb.init()
trainer = parts.Trainer(run.config)
trainer.fit()
parts.finish(run.config)
