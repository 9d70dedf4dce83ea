from jsonargparse import ArgumentParser
import wandb
class Model:
    def __init__(self, lr: float = 0.1, width: int = 2): self.v = lr * width
p = ArgumentParser()
p.add_class_arguments(Model, "model")
p.add_argument("--seed", type=int, default=0)
cfg = p.parse_args()
wandb.init(config=cfg.as_dict())
wandb.log({"val_loss": Model(**cfg.model).v})
