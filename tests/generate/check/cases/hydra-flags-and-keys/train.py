import hydra
import wandb
from omegaconf import OmegaConf


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    wandb.init(config=OmegaConf.to_container(cfg))
    for step in range(cfg.steps):
        wandb.log({"loss": cfg.net.width / (step + 1)})


if __name__ == "__main__":
    main()
