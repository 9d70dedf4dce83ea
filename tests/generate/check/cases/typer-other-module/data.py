import typer

app = typer.Typer()


@app.command()
def load(path: str = "data", lr: float = 0.1):
    return 1.0


if __name__ == "__main__":
    app()
