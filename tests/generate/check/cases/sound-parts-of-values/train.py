import clean as cleaning
import wandb


def loss(text, clean):
    if hasattr(clean, "words"):
        return len(clean.words(text))
    return len(clean.upper()) + text.count(clean.lower())


with wandb.init() as run:
    lr = run.config.lr
    run.log({"loss": lr.real * loss("a b", run.config.clean) * lr.is_integer()})
    print(cleaning)
