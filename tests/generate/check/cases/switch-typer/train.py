import typer
import wandb


def train(lr: float = 0.1, run_wandb: int = 0) -> None:
    if run_wandb:
        wandb.init(config={"lr": lr})
        wandb.log({"loss": lr})


if __name__ == "__main__":
    typer.run(train)
