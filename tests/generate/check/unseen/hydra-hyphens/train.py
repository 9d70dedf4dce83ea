import hydra
import wandb
from omegaconf import OmegaConf


@hydra.main(config_path=".", config_name="cfg", version_base=None)
def train(cfg):
    wandb.init(project="toy", config=OmegaConf.to_container(cfg))
    w = 1.0
    for epoch in range(10):
        for _ in range(cfg.model.depth):
            w -= cfg.lr * 2 * w
        wandb.log({"epoch": epoch, "loss": w * w})
    wandb.finish()


if __name__ == "__main__":
    train()
