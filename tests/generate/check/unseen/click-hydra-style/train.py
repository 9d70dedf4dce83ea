import click
import wandb


@click.group()
def cli():
    """Tools."""


@click.command(context_settings={"show_default": True})
@click.option("--lr", type=float, default=0.001)
@click.option("--batch-size", type=int, default=8)
def train(lr, batch_size):
    wandb.init(config={"lr": lr, "batch_size": batch_size})
    for epoch in range(5):
        wandb.log({"val_f1": 1 - lr * batch_size / (epoch + 1)})


if __name__ == "__main__":
    train()
