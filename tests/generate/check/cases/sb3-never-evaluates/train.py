import wandb
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import EvalCallback


def main():
    run = wandb.init(sync_tensorboard=True)
    model = PPO("MlpPolicy", "CartPole-v1", learning_rate=run.config.lr, tensorboard_log="runs")
    callback = EvalCallback("CartPole-v1", eval_freq=10)
    model.learn(1000)


main()
