import wandb


def main():
    run = wandb.init(project="rates", name=f"lr-{wandb.config.lr}")
    run.log({"loss": run.config.lr})


main()
