import wandb


def train(config):
    if config.get("warmup") is not None:
        start = config["warmup"]
    if hasattr(config, "decay"):
        decay = config.decay
    return config.lr * start + decay


def main():
    run = wandb.init()
    if wandb.config.get("gain"):
        rate = wandb.config["gain"]
    run.log({"loss": train(wandb.config) + rate})


main()
