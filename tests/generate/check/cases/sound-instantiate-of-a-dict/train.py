import wandb
from hydra.utils import instantiate

with wandb.init() as run:
    model = instantiate({"_target_": "nets_of_others.Net", "lr": run.config.lr})
    run.log({"loss": model.fit()})
