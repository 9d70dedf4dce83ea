"""What one trial does: the program of sweep.yaml runs, as `wandb agent` would run it."""

from pathlib import Path

from wandb_flyte import run_program

ROOT = Path(__file__).resolve().parents[1]


def objective() -> None:
    """Run the program with a trial's hyperparameters; it opens the trial's run itself."""
    run_program(ROOT / "sweep.yaml", folder=ROOT / "program")
