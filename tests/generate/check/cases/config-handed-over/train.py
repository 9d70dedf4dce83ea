import wandb


class Model:
    def __init__(self, width, lr, n_layers=1, dropout=0.0):
        self.loss = width * lr * n_layers + dropout


def main():
    run = wandb.init()
    config = dict(run.config)
    batch_size = config.pop("batch_size")
    run.log({"loss": Model(**config).loss / batch_size})


main()
