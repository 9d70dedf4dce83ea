import hydra
import wandb


@hydra.main(version_base=None, config_path="conf", config_name="train")
def main(cfg):
    run = wandb.init(project=cfg.project)
    run.log({"loss": cfg.lr, "size": run.config.get("size", 1)})


if __name__ == "__main__":
    main()
