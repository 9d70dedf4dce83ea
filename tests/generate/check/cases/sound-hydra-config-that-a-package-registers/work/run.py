import hydra
import wandb

from work.loss import loss


@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg):
    wandb.init()
    wandb.log({"loss": loss(cfg)})


if __name__ == "__main__":
    main()
