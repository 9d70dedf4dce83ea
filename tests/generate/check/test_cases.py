"""One folder for each pattern and trap: all that is wrong is found, nothing right called wrong.

Those in `unseen` were written, expectations included, by someone who had not seen the checks.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.generate.check.checking import check_files

HERE = Path(__file__).parent
CASES = sorted(folder for part in ("cases", "unseen") for folder in (HERE / part).iterdir())
OBJECTIVE = "# --objective "


@pytest.mark.parametrize("folder", CASES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_case(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The findings of a sweep file and its script are exactly those that are expected."""
    lines = (folder / "expected.txt").read_text().splitlines()
    options = [line.removeprefix(OBJECTIVE) for line in lines if line.startswith(OBJECTIVE)]
    monkeypatch.chdir(folder)

    findings = check_files(Path("sweep.yaml"), options[0] if options else None)

    found = sorted(f"{one.file}:{one.line} {one.code} {one.severity}" for one in findings)
    assert found == sorted(line for line in lines if not line.startswith("#"))
