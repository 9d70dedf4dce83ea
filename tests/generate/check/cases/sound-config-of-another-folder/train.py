import os

import hydra
import wandb


@hydra.main(version_base=None, config_path=os.getcwd(), config_name="config")
def main(settings):
    wandb.init().log({"loss": settings.lr})


if __name__ == "__main__":
    main()
