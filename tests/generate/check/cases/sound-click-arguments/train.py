import click
import wandb


@click.command()
@click.argument("data", default="digits")
@click.argument("more", required=False)
@click.argument("files", nargs=-1)
@click.option("--lr", type=float)
@click.option("--depth", type=int, default=1)
@click.option("--seed", type=int, required=True, default=3)
@click.option("--token", envvar="TOKEN", required=True)
def main(data, more, files, lr, depth, seed, token):
    run = wandb.init(name=more)
    run.log({"loss": lr * depth * seed * len(data + token) * len(files)})


if __name__ == "__main__":
    main()
