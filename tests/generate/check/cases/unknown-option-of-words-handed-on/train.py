import argparse
import logging
import sys

import wandb


def read(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float)
    return parser.parse_args(words)


def main(words=tuple(sys.argv[1:])):
    logging.info("started as %s", " ".join(sys.argv))
    command = f"python {sys.argv}"
    args = read(words)
    with wandb.init(config={"lr": args.lr, "command": command}) as run:
        run.log({"loss": args.lr})


if __name__ == "__main__":
    main()
