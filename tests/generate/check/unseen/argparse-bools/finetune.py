import argparse

import wandb


def cli():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, required=True)
    parser.add_argument("--amp", action="store_true", help="mixed precision")
    parser.add_argument("--freeze", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--shuffle", type=bool, default=True)
    return parser


class Trainer:
    def __init__(self, args):
        self.args = args
        self.best = float("inf")

    def fit(self, epochs=5):
        for epoch in range(epochs):
            loss = 1.0 / (1 + epoch * self.args.lr)
            loss += 0.1 * self.args.freeze + 0.01 * self.args.shuffle - 0.02 * self.args.amp
            self.best = min(self.best, loss)
            self.report(epoch, loss)

    def report(self, epoch, loss):
        metrics = {"epoch": epoch}
        metrics["eval_loss"] = loss
        metrics["best_loss"] = self.best
        wandb.log(metrics)


if __name__ == "__main__":
    args = cli().parse_args()
    wandb.init(project="finetune", config=args)
    Trainer(args).fit()
