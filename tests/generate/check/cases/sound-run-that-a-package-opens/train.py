import experiment_buddy
import wandb

LR = 0.1

experiment_buddy.register(locals())
board = experiment_buddy.deploy("", wandb_kwargs={"entity": "team"})
wandb.log({"loss": LR})
