import typer
import wandb


def main(
    lr: float = typer.Option(...),
    depth: int = typer.Option(..., envvar="DEPTH"),
    folder: str = typer.Argument(..., envvar="FOLDER"),
):
    wandb.init()
    wandb.log({"loss": lr * depth * len(folder)})


if __name__ == "__main__":
    typer.run(main)
