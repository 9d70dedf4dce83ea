import wandb

run = wandb.init()
run.log({"discriminator_loss": run.config.lr})
