"""A program that gets its hyperparameters as JSON, in a file or as a word."""

import json
import sys
from pathlib import Path

import wandb

text = Path(sys.argv[2]).read_text() if sys.argv[1] == "--config" else sys.argv[1]
values = json.loads(text)

with wandb.init(config=values) as run:
    run.log({"loss": (values["lr"] - 0.1) ** 2 + values["depth"]})
