import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--size", type=int)
args = parser.parse_args()
print(args.lr * args.size)
