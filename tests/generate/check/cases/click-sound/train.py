import click
import wandb

@click.command()
@click.option("--lr", type=float, default=0.1)
@click.option("--depth", default=1)
def main(lr, depth):
    wandb.init()
    wandb.log({"loss": lr * depth})

if __name__ == "__main__":
    main()
