import typer
import wandb

app = typer.Typer()


@app.command()
def train(lr: float = 0.1):
    wandb.init()
    wandb.log({"loss": lr})
