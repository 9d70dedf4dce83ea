import dataclasses, tyro, wandb
from typing import Annotated
@dataclasses.dataclass
class C:
    lr: Annotated[float, tyro.conf.arg(name="learning-rate")] = 0.1
    width: int = 1
    flag: tyro.conf.FlagConversionOff[bool] = False
c = tyro.cli(C)
with wandb.init(config=dataclasses.asdict(c)) as run:
    run.log({"val_loss": c.lr * c.width + c.flag})
