import argparse

# import wandb
# wandb.init(project="later")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float)
    args = parser.parse_args()
    w = 1.0
    for _ in range(10):
        w -= args.lr * w
        print("loss", w * w)


main()
