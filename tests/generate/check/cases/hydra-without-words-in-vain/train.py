import hydra
import wandb


@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg):
    run = wandb.init()
    cfg.train.pruning_rate = wandb.config.rate
    run.log({"loss": wandb.config.lr * cfg.train.lr})


main()
