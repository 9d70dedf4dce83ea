import typer
import wandb

app = typer.Typer()


@app.command()
def train(lr: float = 0.1) -> None:
    run = wandb.init(config={"lr": lr})
    run.log({"loss": lr})


@app.command()
def show() -> None:
    print(history["loss"])


if __name__ == "__main__":
    app()
