import hydra
import wandb


def blow(world):
    if world.size > 4:
        return world.wind["speed"]
    return 0.0


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    wandb.init()
    gravity = cfg.world.get("gravity", {})
    scale = gravity.get("scale", 1.0)
    wandb.log({"loss": cfg.lr * scale + blow(cfg.world)})


if __name__ == "__main__":
    main()
