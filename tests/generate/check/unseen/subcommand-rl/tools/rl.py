"""rl train | rl play: one program, several commands."""

import argparse
import logging
import sys

import wandb


def positive(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def sizes(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def add_train(commands):
    cmd = commands.add_parser("train", help="learn a policy")
    cmd.add_argument("--env", default="CartPole-v1")
    cmd.add_argument("--n-steps", type=int, default=2048)
    cmd.add_argument("--gamma", type=float, default=0.99)
    cmd.add_argument("--learning-rate", type=positive, default=3e-4)
    cmd.add_argument("--hidden-sizes", type=sizes, default=[64, 64])
    cmd.set_defaults(func=train)


def add_play(commands):
    cmd = commands.add_parser("play")
    cmd.add_argument("checkpoint")
    cmd.add_argument("--episodes", type=int, default=3)
    cmd.set_defaults(func=play)


def train(options):
    run = wandb.init(project="rl", config={k: v for k, v in vars(options).items() if k != "func"})
    returns = 0.0
    for update in range(100_000 // options.n_steps):
        returns += options.gamma * options.learning_rate * sum(options.hidden_sizes)
        run.log({"update": update, "eval/return": returns})
    run.finish()


def play(options):
    for episode in range(options.episodes):
        print(options.checkpoint, episode)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log-level", default="warning")
    commands = parser.add_subparsers(dest="command", required=True)
    add_train(commands)
    add_play(commands)
    options = parser.parse_args(argv)
    logging.basicConfig(level=options.log_level.upper())
    options.func(options)


if __name__ == "__main__":
    sys.exit(main())
