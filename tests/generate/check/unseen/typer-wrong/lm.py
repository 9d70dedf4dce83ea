from enum import Enum

import typer
import wandb


class Schedule(str, Enum):
    COSINE = "cosine"
    LINEAR = "linear"


def main(
    hidden_size: int = 64,
    schedule: Schedule = Schedule.COSINE,
    tie: bool = False,
    epochs: int = typer.Option(10, help="passes over the text"),
) -> None:
    wandb.init(project="lm", config=locals())
    for epoch in range(epochs):
        bpc = 8 / (1 + epoch) + hidden_size / 1e4
        bpc -= 0.1 if schedule is Schedule.COSINE else 0.0
        bpc -= 0.05 * tie
        wandb.log({"epoch": epoch, "bpc": bpc})


if __name__ == "__main__":
    typer.run(main)
