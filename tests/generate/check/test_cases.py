"""One folder for each pattern and trap: all that is wrong is found, nothing right called wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.generate.check import check_files

CASES = sorted((Path(__file__).parent / "cases").iterdir())


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_case(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The findings of a sweep file and its script are exactly those that are expected."""
    lines = (folder / "expected.txt").read_text().splitlines()
    options = [line.removeprefix("# --objective ") for line in lines if line.startswith("#")]
    monkeypatch.chdir(folder)

    findings = check_files(Path("sweep.yaml"), options[0] if options else None)

    found = sorted(f"{finding.file}:{finding.line} {finding.code}" for finding in findings)
    assert found == sorted(line for line in lines if not line.startswith("#"))
