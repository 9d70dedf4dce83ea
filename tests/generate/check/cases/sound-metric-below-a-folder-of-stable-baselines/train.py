import wandb
from stable_baselines3 import PPO

run = wandb.init()
wandb.tensorboard.patch(root_logdir="runs")
model = PPO("MlpPolicy", "CartPole-v1", learning_rate=run.config.lr, tensorboard_log="runs")
model.learn(1000)
