import subprocess
import sys

import wandb


def main():
    run = wandb.init()
    command = [sys.executable, "train.py", "--lr", str(run.config.lr), f"--depth={run.config.depth}"]
    subprocess.run([*command, "--tag", run.id], check=True)
    subprocess.run(["python", "train.py", "-e", "3", "--save_path", f"{run.id}.npy"], check=True)


if __name__ == "__main__":
    main()
