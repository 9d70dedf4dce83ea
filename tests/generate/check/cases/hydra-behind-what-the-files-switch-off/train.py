import hydra
import wandb


def prune(rate):
    return 1 - rate


@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg):
    run = wandb.init()
    size = cfg.train.lr
    if cfg.train.pruning:
        size *= prune(cfg.train.pruning_rate)
    run.log({"loss": size})


main()
