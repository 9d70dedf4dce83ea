import typer
import wandb

app = typer.Typer()

@app.command()
def main(learning_rate: float = 0.1, depth: int = 1):
    wandb.init()
    wandb.log({"loss": learning_rate * depth})

if __name__ == "__main__":
    app()
