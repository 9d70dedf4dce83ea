import wandb
from samples import sample


def train(local=None):
    words = {"project": "demo", "tags": ["a"]}
    words.update({"group": "b"})
    words["notes"] = "c"
    if local is not None:
        words["config"] = sample(local)
    with wandb.init(**words) as run:
        config = wandb.config.as_dict()
        steps = config.pop("steps")
        run.log({"loss": config["width"] * steps})
