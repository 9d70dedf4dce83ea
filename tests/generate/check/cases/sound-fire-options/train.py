import fire
import wandb


def main(lr: float = 0.1, hidden_size: int = 8, dropout=0.5, settings=None):
    run = wandb.init(config={"lr": lr})
    width = hidden_size * (1 - dropout)
    if settings is not None:
        width *= settings.get("scale", 1)
    run.log({"loss": lr * width})


fire.Fire(main)
