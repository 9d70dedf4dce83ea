import wandb


class Runner:
    def __init__(self, config):
        self.config = config

    def loss(self):
        return self.config["lr"] * self.config["width"]


def main():
    config = {"lr": 0.1, "width": 2}
    run = wandb.init(config=config)
    for _ in range(2):
        runner = Runner(config)
        run.log({"loss": runner.loss()})
        config = {**config, **run.config}


main()
