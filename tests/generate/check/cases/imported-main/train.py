import wandb
from helper import fetch


def main():
    wandb.init()
    wandb.log({"auc": wandb.config.get("reg", 0.1) * fetch()})


if __name__ == "__main__":
    main()
