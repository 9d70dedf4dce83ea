from typing import TYPE_CHECKING

import late
import wandb

if TYPE_CHECKING:
    from somelib import Shape


class Net:
    Size = int

    def grow(self, size: Size, shape: "Shape") -> "Net":
        local: Nowhere = size
        return self


def schedule(rate: float) -> list[int]:
    try:
        def unsure(rate: Nowhere) -> Nowhere:
            return rate
    except NameError:
        pass
    return [int(rate)]


run = wandb.init()
run.log({"loss": late.scale(schedule(run.config.lr)[0])})
