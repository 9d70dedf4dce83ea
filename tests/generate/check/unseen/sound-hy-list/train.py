import hydra, wandb
from omegaconf import DictConfig, OmegaConf
@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg: DictConfig):
    wandb.init(config=OmegaConf.to_container(cfg))
    wandb.log({"val_loss": cfg.optimizer.lr * cfg.width * cfg.optimizer.betas[0]})
if __name__ == "__main__":
    main()
