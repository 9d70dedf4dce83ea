import os

import wandb

run = wandb.init()
kind = os.environ["KIND"]
module = __import__(f"{kind}.agent", fromlist=["Agent"])
agent = getattr(module, "Agent")(run.config)
agent.train(run)
