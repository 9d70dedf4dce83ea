import argparse


def fetch():
    return 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample")
    print(parser.parse_args())


if __name__ == "__main__":
    main()
