import wandb
from sklearn.ensemble import GradientBoostingRegressor

run = wandb.init()
settings = dict(run.config)
print(settings.pop("seed"))
model = GradientBoostingRegressor(depth=3, seed=1, **settings)
for step in range(3):
    wandb.log({"loss": model.score([[step]], [step])})
