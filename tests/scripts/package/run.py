"""A program in a folder, which imports what is beside it: `parts` is no part of a package here."""

import parts.net
import wandb
from parts import named

with wandb.init() as run:
    loss = run.config.lr * run.config["depth"] * named.FACTOR
    run.log({"loss": loss + parts.net.OFFSET})
