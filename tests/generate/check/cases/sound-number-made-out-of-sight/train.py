import layers
import wandb

with wandb.init() as run:
    model = getattr(layers, run.config.layer)(run.config)
    run.log({"loss": model.loss()})
