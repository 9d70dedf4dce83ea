import argparse

import wandb
from stable_baselines3 import PPO
from wandb.integration.sb3 import WandbCallback

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--track", action="store_true")
args = parser.parse_args()
callbacks = []
if args.track:
    # Nobody gives the option.
    wandb.init(sync_tensorboard=True)
    callbacks.append(WandbCallback())
model = PPO("MlpPolicy", "CartPole-v1", learning_rate=args.lr)
model.learn(1000, callback=callbacks)
