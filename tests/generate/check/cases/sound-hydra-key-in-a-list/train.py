import hydra
import wandb


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    with wandb.init(**cfg.logging) as run:
        run.log({"loss": sum(cfg.betas)})


if __name__ == "__main__":
    main()
