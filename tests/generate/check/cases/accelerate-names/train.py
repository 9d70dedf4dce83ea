import argparse

from accelerate import Accelerator

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
args = parser.parse_args()
accelerator = Accelerator(log_with="wandb")
accelerator.init_trackers("digits", config=vars(args))
weight = 1.0
for _ in range(3):
    weight -= args.lr * weight
    accelerator.log({"weight": weight})
