import wandb
class AverageMeter:
    def __init__(self): self.s = self.n = 0
    def update(self, v): self.s += v; self.n += 1
    @property
    def avg(self): return self.s / max(1, self.n)
def log_metrics(split, values, step=None):
    wandb.log({"/".join((split, k)): v for k, v in values.items()}, step=step)
