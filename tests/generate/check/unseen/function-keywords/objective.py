import wandb


def objective(
    lr: float,
    hidden: int,
    n_layers: int,
    optimizer: str = "adam",
    seed: int = 0,
) -> None:
    with wandb.init() as run:
        loss = float(hidden * n_layers)
        for epoch in range(5):
            loss *= 1 - lr if optimizer == "sgd" else 1 - lr / 2
            run.log({"epoch": epoch, "loss": loss, "seed": seed})
