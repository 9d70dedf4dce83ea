import wandb


class Runner:
    def __init__(self, config):
        self.config = config

    def loss(self):
        return self.config["lr"] * self.config["width"]


def main():
    config = {"lr": 0.1, "width": 2}
    runner = Runner(config)
    run = wandb.init(config=config)
    config = {**config, **run.config}
    run.log({"loss": runner.loss()})


main()
