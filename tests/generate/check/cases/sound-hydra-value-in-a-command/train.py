import hydra
import wandb


@hydra.main(version_base=None, config_path=".", config_name="config")
def main(settings):
    run = wandb.init(group=settings.group)
    print(run.config._settings.run_name)
    run.log({"loss": settings.lr})


if __name__ == "__main__":
    main()
