import click
import wandb


@click.command()
@click.option("--lr", type=float)
@click.option("--depth", default=2)
@click.option("--out")
def main(lr, depth, out):
    with wandb.init() as run:
        run.log({"loss": lr * depth})


if __name__ == "__main__":
    main()
