import nets
import pkg.data as data
import wandb

run = wandb.init()
net = nets.__dict__["small"](run.config.lr)
run.log({"loss": net * data.load()})
