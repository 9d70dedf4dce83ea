import hydra
import wandb


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    wandb.init()
    for _ in range(3):
        wandb.log({"loss": cfg.lr * cfg.net.width * cfg.world.gravity.scale * cfg.world.wind.speed})


if __name__ == "__main__":
    main()
