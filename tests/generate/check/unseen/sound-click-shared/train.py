import click, wandb
def shared(f):
    f = click.option("--lr", type=float)(f)
    return click.option("--width", type=int)(f)
@click.command()
@shared
def main(lr, width):
    with wandb.init() as run:
        run.log({"val_loss": lr * width})
main()
