import hydra
import wandb


@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg):
    wandb.init()
    wandb.log({"loss": cfg.net.width * cfg.head.bias})


if __name__ == "__main__":
    main()
