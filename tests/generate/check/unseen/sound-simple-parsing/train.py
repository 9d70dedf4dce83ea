from dataclasses import dataclass
from simple_parsing import ArgumentParser
import wandb
@dataclass
class Opt:
    lr: float = 0.1
    width: int = 1
p = ArgumentParser()
p.add_arguments(Opt, dest="opt")
a = p.parse_args()
run = wandb.init(config=vars(a.opt))
run.log({"val_loss": a.opt.lr * a.opt.width})
