"""Runs the tests that meet the wandb client with each wandb that stands for the supported range.

    python tests/clients.py [VERSION ...] [--venvs FOLDER]

Without versions: the oldest supported one, one between, and the newest that pip may install. Each
gets an environment of its own, kept in FOLDER (`.venv-wandb` by default), so that the next time is
quicker. Ends with one line for each version, and exit code 1 when one of them failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("0.29.0", "0.30.0", "newest")
SUITES = ("tests/backend", "tests/runtime")


def environment(folder: Path, version: str) -> Path:
    """The Python of an environment with this checkout and that wandb."""
    python = folder / f"wandb-{version}" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(python.parent.parent)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True, cwd=ROOT)
    wandb = "wandb" if version == "newest" else f"wandb=={version}"
    wanted = ["--editable", ".[local]", "--group", "dev", wandb]
    subprocess.run([*pip, "--upgrade", *wanted], check=True, cwd=ROOT)
    return python


def outcome(python: Path, options: list[str]) -> tuple[str, bool]:
    """The wandb that the environment has with what its tests gave, and whether they passed."""
    asked = [str(python), "-c", "import wandb; print(wandb.__version__)"]
    found = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    command = [str(python), "-m", "pytest", "-q", "-n", "2", *SUITES, *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as tests:
        last = ""
        for line in tests.stdout or ():
            print(line, end="", flush=True)
            last = line.strip() or last
    return f"wandb {found}: {last.strip('= ')}", tests.returncode == 0


def main() -> int:
    """Run what the command line asks for; 0 when every version passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("versions", nargs="*", default=VERSIONS, metavar="VERSION")
    parser.add_argument("--venvs", type=Path, default=ROOT / ".venv-wandb")
    asked, options = parser.parse_known_args()
    outcomes = []
    for version in asked.versions:
        print(f"== wandb {version}", flush=True)
        outcomes.append(outcome(environment(asked.venvs.absolute(), version), options))
    print(*(text for text, _ in outcomes), sep="\n")
    return 0 if all(passed for _, passed in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
