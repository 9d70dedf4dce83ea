import wandb
from net import Net

run = wandb.init()
net = Net(run.config)
run.log({"loss": run.config.lr + net.penalty})
