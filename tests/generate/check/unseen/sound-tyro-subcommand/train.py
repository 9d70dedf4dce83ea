import dataclasses, tyro, wandb
@dataclasses.dataclass
class Adam:
    lr: float = 0.1
@dataclasses.dataclass
class SGD:
    lr: float = 0.1
    momentum: float = 0.1
@dataclasses.dataclass
class C:
    opt: Adam | SGD = dataclasses.field(default_factory=Adam)
    width: int = 1
c = tyro.cli(C)
with wandb.init(config=dataclasses.asdict(c)) as run:
    run.log({"val_loss": c.opt.lr * c.width})
