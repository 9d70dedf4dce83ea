"""A typer program."""

import typer
import wandb


def main(lr: float = typer.Option(...), depth: int = 1) -> None:
    """Train once."""
    with wandb.init(config={"lr": lr, "depth": depth}) as run:
        run.log({"loss": (lr - 0.1) ** 2 + depth})


if __name__ == "__main__":
    typer.run(main)
