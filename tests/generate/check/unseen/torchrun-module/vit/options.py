from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser


def add_model_options(parser):
    group = parser.add_argument_group("model")
    group.add_argument("--patch_size", default=16, type=int)
    group.add_argument("--depth", default=12, type=int)


def get_options():
    parser = ArgumentParser(formatter_class=ArgumentDefaultsHelpFormatter)
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--epochs", default=30, type=int)
    parser.add_argument("--base_lr", default=1e-3, type=float)
    add_model_options(parser)
    return parser.parse_args()
