import wandb


def launch(data):
    def run_trial():
        with wandb.init() as run:
            run.log({"loss": sum(data) * run.config.lr})

    sweep_id = wandb.sweep({"method": "grid", "parameters": {"lr": {"values": [0.1, 0.01]}}})
    wandb.agent(sweep_id, function=run_trial)


if __name__ == "__main__":
    launch([1, 2, 3])
