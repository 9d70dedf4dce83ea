import argparse

from accelerate import Accelerator

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--report_to", default="tensorboard")
args = parser.parse_args()
accelerator = Accelerator(log_with=args.report_to, project_dir="runs")
accelerator.init_trackers("demo", config=vars(args))
accelerator.log({"loss": args.lr})
