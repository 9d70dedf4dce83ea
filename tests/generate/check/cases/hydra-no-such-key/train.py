import hydra
import wandb

@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    wandb.init(config=dict(cfg))
    wandb.log({"loss": cfg.optim.lr * cfg.depth})

main()
