import wandb

if __name__ == "__main__":
    def train():
        with wandb.init() as run:
            run.log({"loss": run.config.lr})
