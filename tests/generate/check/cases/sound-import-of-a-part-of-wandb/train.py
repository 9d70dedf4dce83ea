import wandb
import wandb.util

run = wandb.init()
wandb.log({"loss": wandb.config.scale * 0.5, "version": wandb.util.generate_id()})
