"""Flyte's container entrypoint for agents that remember nothing: the ledger is taken out.

    python forgetful.py a0 …

Soaks run with it to show that it is the ledger that keeps the budget: without it, what an agent
was given before it was lost is not looked up.
"""

from __future__ import annotations

import sys

from wandb_flyte.runtime.trials.ledger import Ledger


def main() -> None:
    """Runs Flyte's own command line."""
    Ledger.own = lambda _: ([], [])  # type: ignore[method-assign]
    Ledger.left = lambda _: []  # type: ignore[method-assign]
    from flyte._bin.runtime import _pass_through

    _pass_through(sys.argv[1:])


if __name__ == "__main__":
    main()
