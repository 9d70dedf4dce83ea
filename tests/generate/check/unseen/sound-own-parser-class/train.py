import argparse, wandb
class P(argparse.ArgumentParser):
    def __init__(self):
        super().__init__()
        self.add_argument("--lr", type=float)
        self.add_argument("--width", type=int)
a = P().parse_args()
wandb.init(config=a); wandb.log({"val_loss": a.lr * a.width})
