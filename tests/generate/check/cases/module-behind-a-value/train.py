import clean
import wandb


def loss(text, clean):
    return len(clean.words(text))


with wandb.init() as run:
    run.log({"loss": run.config.lr * loss("a b", run.config.clean)})
