import argparse
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--verbose", action="store_true")
args, _ = parser.parse_known_args()
run = wandb.init()
run.log({"loss": run.config["lr"] * run.config.get("depth", 1)})
