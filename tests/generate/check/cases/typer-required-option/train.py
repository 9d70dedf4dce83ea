import typer
import wandb

app = typer.Typer()


@app.command()
def train(
    bucket: str = typer.Argument(...),
    folder: str = typer.Option(...),
    seed: int = typer.Option(),
    lr: float = typer.Option(0.1),
    batch_size: int = typer.Option(8),
) -> None:
    run = wandb.init()
    run.log({"loss": lr * batch_size * len(bucket + folder) + seed})


if __name__ == "__main__":
    app()
