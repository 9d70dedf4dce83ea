"""A click program."""

import click
import wandb


@click.command()
@click.option("--lr", type=float, required=True)
@click.option("--depth", type=int, default=1)
def main(lr: float, depth: int) -> None:
    """Train once."""
    with wandb.init(config={"lr": lr, "depth": depth}) as run:
        run.log({"loss": (lr - 0.1) ** 2 + depth})


if __name__ == "__main__":
    main()
