from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer
import wandb

app = typer.Typer(add_completion=False)


class Schedule(str, Enum):
    cosine = "cosine"
    linear = "linear"
    constant = "constant"


def perplexity(loss: float) -> float:
    return 2.718281828**loss


@app.command()
def main(
    context_length: int = 128,
    learning_rate: Annotated[float, typer.Option(min=0.0)] = 3e-4,
    schedule: Schedule = Schedule.cosine,
    warmup: Optional[int] = None,
    out: Path = Path("out"),
):
    """Train a character model."""
    settings = {"context_length": context_length, "schedule": schedule.value}
    with wandb.init(project="lm", config=settings) as run:
        loss = 5.0
        for step in range(1000):
            scale = min(1.0, step / warmup) if warmup else 1.0
            loss -= learning_rate * scale / context_length
            if step % 100 == 0:
                run.log({"loss": loss, "perplexity": perplexity(loss)}, step=step)
    (out / "done").touch()


if __name__ == "__main__":
    app()
