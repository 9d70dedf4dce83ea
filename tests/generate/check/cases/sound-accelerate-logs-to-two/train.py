import argparse

from accelerate import Accelerator

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
accelerator = Accelerator(log_with=["tensorboard", "wandb"], project_dir="runs")
accelerator.init_trackers("demo", config=vars(args))
accelerator.log({"loss": args.lr})
