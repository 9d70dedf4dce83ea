import os

import hydra
import wandb

HERE = os.path.dirname(os.path.abspath(__file__))


@hydra.main(version_base=None, config_path=os.path.join(HERE, "conf"), config_name="config")
def main(cfg):
    with wandb.init() as run:
        run.log({"loss": cfg.lr * cfg.depth})


if __name__ == "__main__":
    main()
