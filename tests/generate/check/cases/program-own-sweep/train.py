import wandb

SWEEP = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"values": [0.1, 0.01]}},
}


def train():
    with wandb.init() as run:
        weight = 1.0
        for _ in range(3):
            weight -= run.config.lr * weight
            run.log({"loss": weight**2})


if __name__ == "__main__":
    sweep_id = wandb.sweep(SWEEP, project="own")
    wandb.agent(sweep_id, function=train)
