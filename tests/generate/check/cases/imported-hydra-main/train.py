import argparse

import hydra


def fit(lr):
    return lr**2


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model-path", required=True)
    return parser.parse_args()


@hydra.main(config_path="conf", config_name="config")
def main(cfg):
    fit(cfg.lr)


if __name__ == "__main__":
    main()
