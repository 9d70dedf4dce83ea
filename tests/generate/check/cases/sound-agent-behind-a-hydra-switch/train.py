import hydra
import wandb
import yaml


def search(cfg):
    with open("sweep.yaml") as file:
        sweep_id = wandb.sweep(yaml.safe_load(file))

    def trial():
        run = wandb.init()
        run.log({"loss": len(cfg.folder) * run.config.lr})

    wandb.agent(sweep_id, function=trial)


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    if cfg.sweeps:
        search(cfg)


if __name__ == "__main__":
    main()
