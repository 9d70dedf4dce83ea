import hydra
import wandb
from hydra.core.config_store import ConfigStore

store = ConfigStore.instance()
store.store(group="data", name="small", node={"size": 4})
store.store(group="optim", name="sgd", node={"beta": 0.1})


@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg):
    wandb.init()
    wandb.log({"loss": cfg.lr * cfg.optim.beta * cfg.data.size})


if __name__ == "__main__":
    main()
