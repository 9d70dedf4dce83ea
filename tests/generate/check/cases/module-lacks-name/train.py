import open_names
import tools
import wandb

config = wandb.init().config
tools.late = 1
print(tools.late, tools.mean, open_names.extra)
for step in range(3):
    wandb.log({"loss": tools.fit(config.lr)})
