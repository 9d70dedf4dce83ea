"""Run the sweep on this machine: `python -m swell`."""

import sys

from wandb_flyte import run_locally

if __name__ == "__main__":
    sys.exit(run_locally("swell"))
