import hydra
import wandb


@hydra.main(version_base=None, config_path=".", config_name="config")
def main(config):
    run = wandb.init()
    run.log({"loss": config.model.lr * config.model.width})


main()
