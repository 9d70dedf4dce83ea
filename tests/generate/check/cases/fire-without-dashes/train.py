import fire
import wandb


def main(lr=0.1):
    with wandb.init() as run:
        run.log({"loss": lr})


fire.Fire(main)
