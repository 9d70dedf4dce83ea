import hydra
import wandb


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    wandb.init()
    net = hydra.utils.instantiate(cfg.net)
    optimizer = hydra.utils.instantiate(cfg.optimizer, params=net.parameters())
    for _ in range(3):
        optimizer.step()
        wandb.log({"train_loss": net(1.0)})


if __name__ == "__main__":
    main()
