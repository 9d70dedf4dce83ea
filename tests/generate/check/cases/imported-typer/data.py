import typer

app = typer.Typer()


class Data:
    size = 1


@app.command()
def prepare(size: int = 1):
    print(size)


if __name__ == "__main__":
    app()
