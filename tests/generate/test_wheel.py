"""The wheel that a project carries when this wandb-flyte is on no package index."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from wandb_flyte._version import __version__
from wandb_flyte.generate.wheel import _packed as packing
from wandb_flyte.generate.wheel import build_wheel, needs_wheel


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel of the running code."""
    folder = tmp_path / "wheels"
    return folder / build_wheel(folder)


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The Python of an environment with PyYAML in it, and nothing else."""
    venv.create(tmp_path / "venv")
    yaml = Path(str(distribution("pyyaml").locate_file("yaml")))
    (site_packages(tmp_path / "venv") / "yaml").symlink_to(yaml)
    return tmp_path / "venv" / "bin" / "python"


def site_packages(environment: Path) -> Path:
    """Where an environment keeps its packages."""
    return next((environment / "lib").glob("python*/site-packages"))


def run(python: Path, code: str, cwd: Path) -> list[str]:
    """The words that a piece of Python prints."""
    done = subprocess.run([str(python), "-c", code], cwd=cwd, check=True, capture_output=True)
    return done.stdout.decode().split()


def test_its_name_tells_it_from_the_release(wheel: Path) -> None:
    """A local version is never mistaken for the release of the same number."""
    assert wheel.name.startswith(f"wandb_flyte-{__version__}+local.")
    assert wheel.name.endswith("-py3-none-any.whl")


def test_the_same_code_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    """Two projects of one checkout carry one wheel."""
    packing.cache_clear()
    again = tmp_path / "again" / build_wheel(tmp_path / "again")

    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_it_holds_the_package_and_its_templates(wheel: Path) -> None:
    """A project's own environment can make and update projects too."""
    names = set(zipfile.ZipFile(wheel).namelist())

    assert {
        "wandb_flyte/__init__.py",
        "wandb_flyte/py.typed",
        "wandb_flyte/backend/schema.graphql",
        "wandb_flyte/_templates/project/copier.yml",
        "wandb_flyte/_templates/starters/quickstart/objective.py",
    } <= names
    assert not [name for name in names if "__pycache__" in name]


def test_pip_installs_it_and_it_packs_itself_again(wheel: Path, python: Path) -> None:
    """What was installed from the wheel runs, knows its version, and makes the same wheel."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", str(wheel)], check=True)
    code = (
        "from pathlib import Path; from importlib.metadata import version\n"
        "from wandb_flyte.generate.wheel import build_wheel, needs_wheel\n"
        "print(version('wandb-flyte'), needs_wheel(), build_wheel(Path('again')))"
    )

    printed = run(python, code, wheel.parent)

    assert printed == [wheel.name.split("-")[1], "True", wheel.name]
    assert (wheel.parent / "again" / wheel.name).read_bytes() == wheel.read_bytes()


def test_an_install_from_a_folder_needs_it() -> None:
    """The tests run from a checkout, which is on no index."""
    assert (distribution("wandb-flyte").read_text("direct_url.json") is not None) == needs_wheel()


def test_an_install_from_an_index_does_not_need_it(wheel: Path, python: Path) -> None:
    """Without a direct URL and a local version, the index has it."""
    site = site_packages(python.parents[1])
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    local = wheel.name.split("-")[1]
    metadata = site / f"wandb_flyte-{local}.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace(local, __version__))
    metadata.parent.rename(site / f"wandb_flyte-{__version__}.dist-info")
    code = "from wandb_flyte.generate.wheel import needs_wheel; print(needs_wheel())"

    assert run(python, code, wheel.parent) == ["False"]
