import experiment_tools
import wandb

lr = 0.1
experiment_tools.register(locals())
wandb.init()
weight = 1.0
for _ in range(3):
    weight -= lr * weight
    wandb.log({"loss": weight})
