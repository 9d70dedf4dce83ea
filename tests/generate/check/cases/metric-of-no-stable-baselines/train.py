import wandb
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import EvalCallback

run = wandb.init(sync_tensorboard=True)
model = PPO("MlpPolicy", "CartPole-v1", learning_rate=run.config.lr, tensorboard_log="runs")
model.learn(1000, callback=EvalCallback("CartPole-v1"))
