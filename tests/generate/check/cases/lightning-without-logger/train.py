from modules import *

config = wandb.init().config
trainer = pl.Trainer(max_epochs=3)
trainer.fit(Net(config.lr))
