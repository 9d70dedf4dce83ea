import wandb
import yaml


class Search:
    def trial(self):
        run = wandb.init()
        run.log({"loss": run.config.lr})

    def start(self):
        with open("sweep.yaml") as file:
            sweep_id = wandb.sweep(yaml.safe_load(file))
        wandb.agent(sweep_id, function=self.trial)


if __name__ == "__main__":
    Search().start()
