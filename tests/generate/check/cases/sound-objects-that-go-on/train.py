import argparse
from dataclasses import asdict, dataclass

import wandb
from library import Base, fit, train

import others


@dataclass
class Plain:
    value: int = 1


@dataclass
class Active:
    value: int = 1

    @property
    def double(self):
        return 2 * self.value


@dataclass
class Derived(Base):
    value: int = 1


class Holder:
    def __init__(self, settings):
        self.settings = settings

    def weigh(self):
        return self.settings.value


def make(args):
    made = Plain(value=args.returned)
    return made


parser = argparse.ArgumentParser()
parser.add_argument("--package", type=int, default=1)
parser.add_argument("--spread", type=int, default=1)
parser.add_argument("--method", type=int, default=1)
parser.add_argument("--asked", type=int, default=1)
parser.add_argument("--noted", type=int, default=1)
parser.add_argument("--shared", type=int, default=1)
parser.add_argument("--inner", type=int, default=1)
parser.add_argument("--returned", type=int, default=1)
parser.add_argument("--alias", type=int, default=1)
parser.add_argument("--kept", type=int, default=1)
parser.add_argument("--base", type=int, default=1)
args = parser.parse_args()
handed = Plain(value=args.package)
fit(handed)
items = Plain(value=args.spread)
train(**asdict(items))
active = Active(value=args.method)
asked = Plain(value=args.asked)
noted = Plain(value=args.noted)
run = wandb.init(config=asdict(noted))
others.settings = Plain(value=args.shared)
inner = Plain(value=args.inner)
alias = Plain(value=args.alias)
same = alias
kept = Holder(Plain(value=args.kept))
derived = Derived(value=args.base)


def loss():
    return inner.value + others.weight()


run.log(
    {
        "loss": loss()
        + active.double
        + getattr(asked, "value")
        + run.config["value"]
        + make(args).value
        + same.value
        + kept.weigh()
        + derived.total()
    }
)
