from typing import Literal


def train(opt: Literal["adam", "sgd"], depth: int = 1):
    return len(opt)
