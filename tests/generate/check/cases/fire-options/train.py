import fire
import wandb


def main(data, lr=0.1, size=8, dropout=0.5, settings=None):
    run = wandb.init()
    with open(settings) as file:
        width = size * len(file.read())
    run.log({"loss": lr * width * len(data)})


if __name__ == "__main__":
    fire.Fire(main)
