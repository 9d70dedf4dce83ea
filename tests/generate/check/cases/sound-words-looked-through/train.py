import sys

import wandb


def find(words, name):
    for word in words:
        if word.startswith(name):
            return float(word.partition("=")[2])
    return 1.0


command = " ".join(sys.argv)
depth = int(command.split("--depth=")[-1].split()[0])
lr = find(sys.argv[1:], "--lr")
with wandb.init() as run:
    run.log({"loss": lr * depth})
