import wandb


class Settings:
    rate: Rate = 0.1


def schedule(rate: Rate, shape: "Shape") -> Count:
    steps: Local = 3
    return rate * steps


if __name__ == "__main__":
    run = wandb.init()
    run.log({"loss": schedule(run.config.lr, None)})
