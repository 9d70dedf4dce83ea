import wandb

scaled = lambda value: value * wandb.config.scale


def main():
    run = wandb.init()
    config = run.config
    falling = lambda epoch: epoch / config["epochs"]
    for epoch in range(10):
        tau = falling(epoch)
        shift = (lambda: config["shift"])()
        wandb.log({"loss": scaled(tau) + shift + config["depth"]})


if __name__ == "__main__":
    main()
