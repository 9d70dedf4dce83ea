import hydra
import wandb


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    with wandb.init() as run:
        run.log({cfg.score: cfg.lr})


if __name__ == "__main__":
    main()
