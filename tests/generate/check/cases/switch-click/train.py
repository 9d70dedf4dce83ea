import click

import wandb

DEBUG = False


@click.command()
@click.option("--lr", type=float)
@click.option("--track", is_flag=True)
@click.option("--evaluate", default=False)
def main(lr, track, evaluate):
    if DEBUG or not track:
        return
    run = wandb.init(config={"lr": lr})
    run.log({"step": 1})
    if evaluate:
        run.log({"loss": lr})


main()
