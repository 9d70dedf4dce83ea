import getopt
import sys

import wandb


def main(argv):
    rate = 0.1
    try:
        pairs, _ = getopt.getopt(argv, "hr:", ["help", "rate=", "width="])
    except getopt.GetoptError:
        print("train.py --rate RATE --width WIDTH")
        sys.exit(2)
    for name, value in pairs:
        if name in ("-r", "--rate"):
            rate = float(value)
    run = wandb.init()
    run.log({"loss": rate})


if __name__ == "__main__":
    main(sys.argv[1:])
