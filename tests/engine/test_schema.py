"""The same verdict as W&B's own schema (`sweeps` 0.3.0), but for what the docs list."""

import json
from pathlib import Path

from wandb_flyte.spec import check_sweep

from .configs import COUNT, configs

HERE = Path(__file__).parent
DOCS = (HERE.parents[1] / "docs" / "check.md").read_text()
# What W&B refuses and we warn of, and what we refuse and W&B's schema does not.
THEIRS = {"WF009", "WF017"}
OURS = {"WF008", "WF009", "WF015"}


def test_schema_agrees() -> None:
    """Of two thousand configs, W&B's schema and ours differ only where the docs say so."""
    verdicts = "".join(json.loads((HERE / "answers.json").read_text())["schema"])
    differ = 0
    for config, refused in zip(configs(), verdicts, strict=True):
        findings = check_sweep(config)
        errors = {finding.code for finding in findings if finding.severity == "error"}
        if bool(errors) == (refused == "1"):
            continue
        differ += 1
        if errors:
            assert errors <= OURS, config
        else:
            assert {finding.code for finding in findings} & THEIRS, config

    assert f"differ in {differ} of {COUNT:,}" in DOCS
