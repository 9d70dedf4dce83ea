import wandb


class Study:
    def objective(self):
        with wandb.init() as run:
            run.log({"val_loss": run.config.lr})

    def run(self):
        wandb.agent("ab12cd34", self.objective)
