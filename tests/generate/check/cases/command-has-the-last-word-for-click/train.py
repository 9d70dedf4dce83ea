import click
import wandb


@click.command()
@click.option("--lr", type=float, default=0.1)
@click.option("--layer", type=int, multiple=True)
def main(lr, layer):
    run = wandb.init()
    run.log({"loss": lr * len(layer)})


main()
