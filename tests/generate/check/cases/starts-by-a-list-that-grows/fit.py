import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--depth", type=int)
parser.add_argument("--quick", action="store_true")
args = parser.parse_args()
print(args.lr * args.depth, args.quick)
