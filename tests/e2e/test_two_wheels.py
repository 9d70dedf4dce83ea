"""A project of an older wheel, cloned to another machine, is updated there by a newer wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest
from wandb_flyte.generate.template import append_release

ROOT = Path(__file__).parents[2]
SOURCES = ("LICENSE", "README.md", "pyproject.toml", "scaffold", "templates")
BUILD = "import sys; from hatchling import build; print(getattr(build, sys.argv[1])('dist'))"


def run(*words: str | Path, cwd: Path, home: Path) -> str:
    """What a command prints, in a home of its own, without a network."""
    who = {f"GIT_{role}_NAME": "Ada" for role in ("AUTHOR", "COMMITTER")}
    mail = {f"GIT_{role}_EMAIL": "ada@example.org" for role in ("AUTHOR", "COMMITTER")}
    no_network = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    env = {**os.environ, **who, **mail, **no_network, "HOME": str(home)}
    done = subprocess.run(words, cwd=cwd, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def build_from_sdist(source: Path, version: str) -> Path:
    """A wheel of a version, built from its sdist."""
    module = source / "scaffold" / "wandb_flyte" / "_version.py"
    module.write_text(f'"""The one place that holds the version."""\n\n__version__ = "{version}"\n')
    append_release(version, source / "templates")
    sdist = run(sys.executable, "-c", BUILD, "build_sdist", cwd=source, home=source)
    unpacked = source.with_name(f"unpacked-{version}")
    with tarfile.open(source / "dist" / sdist.splitlines()[-1]) as archive:
        archive.extractall(unpacked)
    (folder,) = unpacked.iterdir()
    wheel = run(sys.executable, "-c", BUILD, "build_wheel", cwd=folder, home=source)
    return folder / "dist" / wheel.splitlines()[-1]


def install(wheel: Path, folder: Path) -> Path:
    """The programs of an environment with this wheel, on what the tests' environment has."""
    venv.create(folder)
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "outer.pth").write_text(str(distribution("copier").locate_file("")))
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
    command = [*pip, "--quiet", "--no-deps", "--no-index", "--ignore-installed", str(wheel)]
    run(*command, cwd=folder, home=folder)
    return folder / "bin"


@pytest.fixture
def machines(tmp_path: Path) -> tuple[Path, Path]:
    """The programs of the older version and those of the newer one."""
    source = tmp_path / "source"
    source.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, source / name)
    older = install(build_from_sdist(source, "9.0.0"), tmp_path / "older")
    readme = source / "templates" / "project" / "README.md.jinja"
    readme.write_text(readme.read_text() + "\nWhat is new in 9.1.\n")
    newer = install(build_from_sdist(source, "9.1.0"), tmp_path / "newer")
    return older, newer


@pytest.mark.long
def test_an_update_on_another_machine(tmp_path: Path, machines: tuple[Path, Path]) -> None:
    """By `wandb-flyte update`, and by plain `copier update` once the newer one ran there."""
    older, newer = machines
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    run(older / "wandb-flyte", "new", "demo", "--defaults", cwd=home, home=home)
    for name in ("ours", "plain"):
        run("git", "clone", "--quiet", str(home / "demo"), name, cwd=other, home=other)
    shutil.rmtree(home)

    table = run(newer / "wandb-flyte", "update", cwd=other / "ours", home=other)
    copier = [newer / "python", "-m", "copier", "update", "--defaults", "--quiet"]
    run(*copier, "--vcs-ref", "v9.1.0", cwd=other / "plain", home=other)

    assert table.splitlines()[0] == "Template v9.0.0 -> v9.1.0"
    readmes = [(other / name / "README.md").read_text() for name in ("ours", "plain")]
    assert all(text.endswith("\nWhat is new in 9.1.\n") for text in readmes)
    assert readmes[0] == readmes[1]
