import sys

import wandb


def first(config):
    match config.kind:
        case "adam" if len(sys.argv) > 9:
            return 0
        case "adam":
            return config.guarded
    return 0


def second(config):
    match config.kind:
        case "sgd":
            return 0
        case str() as name:
            return config.caught * len(name)


def third(config):
    match [config.kind, 1]:
        case ["sgd", 1]:
            return 0
        case [_, _]:
            return config.shaped


def fourth(config):
    match config.kind:
        case "adam":
            if len(sys.argv) > 9:
                return 0
    return config.after


run = wandb.init()
run.log({"loss": first(run.config) + second(run.config) + third(run.config) + fourth(run.config)})
