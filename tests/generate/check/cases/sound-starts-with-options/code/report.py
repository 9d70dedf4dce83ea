import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--id")
print(parser.parse_args().id)
