import wandb
from stable_baselines3 import SAC
from wandb.integration.sb3 import WandbCallback

run = wandb.init()
model = SAC("MlpPolicy", "Pendulum-v1", learning_rate=run.config.lr)
model.learn(1000, callback=WandbCallback())
