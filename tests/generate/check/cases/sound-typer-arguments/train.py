from typing import Annotated

import typer
import wandb

app = typer.Typer()


@app.command()
def train(
    ctx: typer.Context,
    bucket: str = typer.Argument("digits", help="Where the data is."),
    folder: Annotated[str, typer.Argument(help="Below it.")] = "train",
    names: list[str] = typer.Argument(default_factory=list),
    lr: float = typer.Option(0.1),
    batch_size: Annotated[int, typer.Option()] = 8,
) -> None:
    run = wandb.init(name=ctx.info_name)
    run.log({"loss": lr * batch_size * len(bucket + folder) + len(names)})


if __name__ == "__main__":
    app()
