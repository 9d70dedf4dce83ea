"""Which file a sweep config's program is, where no path leads to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.generate.check.checking import check_files

SWEEP = (
    "program: sweep_train.py\nmethod: grid\nmetric: {name: loss}\n"
    "parameters: {scale: {values: [1, 2]}}\n"
)
OTHER = "import wandb\n\nrun = wandb.init()\nrun.log({'error': run.config.size})\n"


@pytest.mark.parametrize(
    ("beside", "codes"),
    [
        ("import wandb\n\nwandb.init()\n", ["WF205"]),
        ("import wandb\n\nSWEEP = wandb.sweep({})\n", ["WF101", "WF102", "WF205", "WF301"]),
    ],
)
def test_a_program_of_that_name_in_another_part(
    beside: str, codes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the sweep config's own folder has programs for W&B, one of another folder is not it."""
    for folder, name, text in (
        ("part_a", "sweep_train.py", OTHER),
        ("part_b", "sweep.yaml", SWEEP),
        ("part_b", "train.py", beside),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(text)
    monkeypatch.chdir(tmp_path)

    found = check_files(Path("part_b", "sweep.yaml"))

    assert sorted(one.code for one in found) == codes
    (missing,) = [one for one in found if one.code == "WF205"]
    assert "`part_a/sweep_train.py`" in missing.hint
    assert missing.severity == ("error" if len(codes) == 1 else "note")


def test_a_program_that_was_put_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the sweep configs that were put away with it are still for it."""
    (tmp_path / "archive" / "sweeps").mkdir(parents=True)
    (tmp_path / "archive" / "sweep_train.py").write_text(OTHER)
    for folder in ("", "archive/sweeps"):
        (tmp_path / folder / "sweep.yaml").write_text(SWEEP)
    monkeypatch.chdir(tmp_path)

    found = [check_files(Path(folder, "sweep.yaml")) for folder in ("", "archive/sweeps")]

    told = [{one.code: one.severity for one in findings}["WF205"] for findings in found]
    assert told == ["error", "note"]


@pytest.mark.parametrize("folder", ["", "part/"])
def test_a_path_of_any_length(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no file can have is the name of a program that is not there."""
    monkeypatch.chdir(tmp_path)
    for program in (f"{folder}{'a' * 300}.py", f"{'a' * 300}/train.py", f"/{'a' * 300}/b/train.py"):
        Path("sweep.yaml").write_text(SWEEP.replace("sweep_train.py", program))

        assert [one.code for one in check_files(Path("sweep.yaml"))] == ["WF205"]
