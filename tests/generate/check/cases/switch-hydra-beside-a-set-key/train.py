import hydra
import torch
import wandb


@hydra.main(config_path=".", config_name="config", version_base=None)
def main(cfg):
    if torch.cuda.is_available():
        cfg.training.device = "cuda"
    print(cfg.training.device)
    if not cfg.training.track:
        return

    wandb.init(config={"lr": cfg.lr})
    wandb.log({"loss": cfg.lr})


main()
