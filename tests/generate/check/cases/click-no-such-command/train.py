import click
import wandb
from others import evaluate


@click.group()
@click.option("--verbose", is_flag=True)
def cli(verbose):
    if verbose:
        print("verbose")


@cli.command()
@click.option("--learning-rate", type=float, default=0.1)
@click.option("--log", is_flag=True)
def train_net(learning_rate, log):
    if not log:
        return
    wandb.init()
    wandb.log({"loss": learning_rate})


cli.add_command(evaluate)
cli()
