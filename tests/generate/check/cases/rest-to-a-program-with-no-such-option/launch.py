import argparse
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
args, rest = parser.parse_known_args()
command = [sys.executable, "train.py", f"--rate={args.lr}"]
command.extend(rest)
sys.exit(subprocess.run(command, check=False).returncode)
