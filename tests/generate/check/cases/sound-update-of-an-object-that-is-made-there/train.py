from dataclasses import dataclass, field, fields, is_dataclass

import wandb


@dataclass
class Data:
    size: int = 1


@dataclass
class Config:
    lr: float = 0.1
    data: Data = field(default_factory=Data)

    def update(self, values):
        for one in fields(self):
            part = getattr(self, one.name)
            if is_dataclass(part):
                for inner in fields(part):
                    if inner.name in values:
                        setattr(part, inner.name, values[inner.name])
            elif one.name in values:
                setattr(self, one.name, values[one.name])
        return self


run = wandb.init()
config = Config().update(dict(run.config))
run.log({"loss": config.lr * config.data.size})
