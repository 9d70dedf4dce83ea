import json
from types import SimpleNamespace

import wandb


def read(path, as_object):
    with open(path) as stream:
        return json.load(stream, object_hook=as_object)


def made(values):
    values = SimpleNamespace(**values)
    return values


path = __file__.replace(".py", ".json")
settings = read(path, lambda values: SimpleNamespace(**values))
others = made({"scale": 2})
words = json.loads("[]")
words.append(settings.scale)
with wandb.init() as run:
    run.log({"loss": run.config.lr * settings.scale * others.scale})
