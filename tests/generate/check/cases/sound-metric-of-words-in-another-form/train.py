import wandb


class Meter(dict):
    def means(self):
        return {key.replace("_", " ").title(): sum(self[key]) for key in self}


wandb.init()
meter = Meter()
for stage in ("train", "validation"):
    meter[f"{stage}_accuracy"] = [wandb.config.lr]
wandb.log(meter.means())
