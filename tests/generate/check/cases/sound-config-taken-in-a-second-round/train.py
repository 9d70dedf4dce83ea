import wandb


class Settings:
    width = 2
    depth = 1


class Trainer:
    def __init__(self, settings):
        self.settings = settings
        if wandb.run is None:
            wandb.init(config=vars(settings))

    def fit(self):
        wandb.log({"loss": self.settings.width * self.settings.depth})


def take_over(settings):
    if wandb.run is None:
        return settings
    for name in ["width", "depth"]:
        if name in wandb.config:
            setattr(settings, name, wandb.config[name])
    return settings


def main():
    settings = take_over(Settings())
    Trainer(settings).fit()


if __name__ == "__main__":
    for _ in range(2):
        main()
