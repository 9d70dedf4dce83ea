import sys

import hydra
import wandb
from spacy.training.loop import train


@hydra.main(config_path=None, version_base=None)
def main(config):
    wandb.init()
    train(config.lr)


if __name__ == "__main__":
    sys.argv = [sys.argv[0], *(word.lstrip("-") for word in sys.argv[1:])]
    main()
