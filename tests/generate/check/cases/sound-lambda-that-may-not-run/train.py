import sys

import wandb

late = lambda: wandb.config.depth
own = lambda config: config["other"]
later = lambda: wandb.config["unused"]
often = lambda: wandb.config["rare"]
either = lambda: wandb.config["first"]


def shadowed(later):
    return later()


def choose():
    global either
    either = lambda: 2


def main():
    choose()
    run = wandb.init()
    config = run.config
    last = lambda value: value if len(sys.argv) == 9 else config["last"]
    print(own({"other": 1}), shadowed(lambda: 1), last(1))
    wandb.log({"loss": late() + either()})
    if config["depth"] > 1:
        return
    often()


if __name__ == "__main__":
    main()
