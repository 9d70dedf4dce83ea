import hydra
import wandb


@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg):
    wandb.init()
    wandb.log({"loss": cfg.lr * cfg.optim.beta * cfg.data.size})


if __name__ == "__main__":
    main()
