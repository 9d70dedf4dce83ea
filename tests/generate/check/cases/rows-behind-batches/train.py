import wandb
from data import batches


def train_epoch(lr):
    for number, batch in enumerate(batches()):
        loss = lr * sum(batch)
        if number % 10 == 0:
            wandb.log({"batch_loss": loss})


def validate(lr, epoch):
    wandb.log({"val_loss": lr * 2}, step=epoch)


def main():
    run = wandb.init()
    for epoch in range(1, 10):
        train_epoch(run.config.lr)
        validate(run.config.lr, epoch)


main()
