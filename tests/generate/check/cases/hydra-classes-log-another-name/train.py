import hydra
import wandb
from hydra.utils import instantiate


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    with wandb.init():
        instantiate(cfg.model).fit()


if __name__ == "__main__":
    main()
