import sys

import hydra
import wandb


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    if cfg.task == "sweep":
        with wandb.init() as run:
            run.log({"loss": cfg.lr})


if __name__ == "__main__":
    sys.argv.append("task=sweep")
    main()
