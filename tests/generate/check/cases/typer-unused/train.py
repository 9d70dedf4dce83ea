import typer

import wandb


def main(lr: float = 0.1, epochs: int = 1):
    run = wandb.init(config={"lr": lr, "epochs": epochs})
    weight = 1.0
    for _ in range(epochs):
        weight -= 0.1 * weight
        run.log({"loss": weight})


if __name__ == "__main__":
    typer.run(main)
