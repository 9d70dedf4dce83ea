import json

import click
import wandb


@click.group()
@click.pass_context
def cli(ctx):
    with open("defaults.json") as stream:
        ctx.default_map = json.load(stream)


@cli.command()
@click.option("--lr", type=float)
@click.option("--depth", type=int, required=True)
@click.option("--token", required=True, envvar="TOKEN")
def fit(lr, depth, token):
    wandb.init()
    wandb.log({"loss": lr * depth * len(token)})


if __name__ == "__main__":
    cli()
