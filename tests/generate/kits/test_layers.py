"""Base, organisation and team: each bumped apart and together, with full golden trees.

`UPDATE_GOLDEN=1 pytest tests/generate/kits/test_layers.py` writes the trees anew.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.generate.template import append_release, templates_folder
from wandb_flyte.generate.updates.update import UpdatePlan, update_project

from ..golden import assert_golden
from ..helpers import git, tree
from .workshop import KitRepository, update

ORG = """\
    name = "org"
    summary = "What all of us agree on"
    currency = "EUR"

    [defaults]
    agents = 2
    base_image = "registry.acme.example/base:{version}"

    [fixed]
    registry = "registry.acme.example"
    entity = "acme"

    [caps]
    trials = 100
    gpu_hours = 50

    [profiles.small]
    cpu = 1
    memory = "2Gi"

    [prices]
    cpu = 0.04
"""
TEAM = """\
    name = "team"
    extends = "../org"

    [defaults]
    profile = "a100x1"
    secret = "team-key"

    [caps]
    trials = {trials}

    [profiles.a100x1]
    cpu = 12
    memory = "80Gi"
    gpu = "A100:1"

    [prices]
    A100 = 3.5
"""
JOB = "{name}:\n  runs-on: ubuntu-latest\n  steps:\n    - run: echo ${{{{ github.sha }}}}\n"


@pytest.fixture
def org(tmp_path: Path) -> KitRepository:
    """An organisation's kit."""
    kit = KitRepository(tmp_path / "org")
    kit.release(
        "1.0.0",
        {
            "kit.toml": ORG.format(version=1),
            "files/SECURITY.md": "Write to security@acme.example.\n",
            "files/GUIDE.md.jinja": "# {{ project }}\n\nThe organisation's guide.\n",
            "blocks/ci-jobs.yml": JOB.format(name="licences"),
            "blocks/environment.toml": 'HTTPS_PROXY = "http://proxy.acme.example:3128"\n',
            "blocks/dependencies.txt": "acme-telemetry>=2\n",
        },
    )
    return kit


@pytest.fixture
def team(tmp_path: Path, org: KitRepository) -> KitRepository:
    """A team's kit on it, which has a guide of its own."""
    kit = KitRepository(tmp_path / "team")
    kit.release(
        "1.0.0",
        {
            "kit.toml": TEAM.format(trials=50),
            "files/GUIDE.md.jinja": "# {{ project }}\n\nThe team's guide.\n",
            "files/{{ package }}/team_tools.py": '"""What our objectives share."""\n',
            "blocks/ci-jobs.yml": JOB.format(name="docs"),
            "blocks/image.toml": 'apt = ["git"]\ncommands = ["mkdir -p /data"]\n',
            "blocks/environment.toml": 'HF_HOME = "/data/huggingface"\n',
        },
    )
    return kit


def bump_base(folder: Path) -> Path:
    """A copy of the templates with a release that adds a file, and a line to the README."""
    shutil.copytree(templates_folder(), folder)
    (folder / "project" / "NEWS.md").write_text("The base's news.\n")
    with (folder / "project" / "README.md.jinja").open("a") as file:
        file.write("\nThe base's new line.\n")
    append_release("91.0.0", folder)
    return folder


def bump_org(org: KitRepository) -> None:
    """Releases a kit with another base image, file and dependency."""
    org.release(
        "1.1.0",
        {
            "kit.toml": ORG.format(version=2),
            "files/SECURITY.md": "Write to security@acme.example, or call.\n",
            "blocks/dependencies.txt": "acme-telemetry>=3\n",
        },
    )


def bump_team(team: KitRepository) -> None:
    """Releases a kit with a lower cap, a renamed file and a new one."""
    moved = '\n    [moves]\n    "{{ package }}/team_tools.py" = "{{ package }}/tools.py"\n'
    team.release(
        "2.0.0",
        {
            "kit.toml": TEAM.format(trials=40) + moved,
            "files/{{ package }}/team_tools.py": None,
            "files/{{ package }}/tools.py": '"""What our objectives share."""\n',
            "files/RUNBOOK.md": "Who to call.\n",
        },
    )


def kits_of(plan: UpdatePlan) -> list[str]:
    """The kits that an update moves, with their new versions."""
    return [f"{kit.name} {kit.after}" for kit in plan.kits]


def stable(project: Path, folder: Path) -> Path:
    """The project with what differs from one run to the next taken out."""
    copy = folder / "stable"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".git"))
    answers = copy / ".copier-answers.yml"
    text = answers.read_text().replace(str(folder), "/kits")
    for line in text.splitlines():
        name, _, value = line.strip(" -").partition(": ")
        if name in ("commit", "hash"):
            text = text.replace(value, name.upper())
    answers.write_text(text)
    return copy


@pytest.mark.long
def test_each_layer_bumped_apart_and_together(
    org: KitRepository, team: KitRepository, tmp_path: Path
) -> None:
    """Base, organisation and team move one by one, and end where one update of all three does."""
    project = team.project(trials=20)
    assert_golden(stable(project, tmp_path), "kits-before")
    tools = project / "demo" / "team_tools.py"
    tools.write_text(f"{tools.read_text()}\nMINE = 1\n")
    git("commit", "--quiet", "--all", "--message", "Mine", cwd=project)
    together = tmp_path / "together"
    shutil.copytree(project, together)

    base = bump_base(tmp_path / "templates")
    moved = [update(project, templates=base).plan]
    bump_org(org)
    moved.append(update(project, templates=base).plan)
    bump_team(team)
    moved.append(update(project, templates=base).plan)
    at_once = update(together, templates=base).plan

    assert [plan.to_version for plan in moved] == ["v91.0.0"] * 3
    assert moved[1].from_version == "v91.0.0"
    assert [kits_of(plan) for plan in moved] == [[], ["org 1.1.0"], ["team 2.0.0"]]
    assert kits_of(at_once) == ["org 1.1.0", "team 2.0.0"]
    assert not any(plan.conflicts for plan in (*moved, at_once))
    assert tree(project) == tree(together)
    assert "MINE = 1" in (project / "demo" / "tools.py").read_text()
    shutil.rmtree(tmp_path / "stable")
    assert_golden(stable(project, tmp_path), "kits-after")


@pytest.mark.long
def test_the_result_is_clean_under_its_own_tools(
    org: KitRepository, team: KitRepository, tmp_path: Path
) -> None:
    """A project of two kits passes formatter, linter and type checker, and loads."""
    project = team.project(trials=20)

    for command in (
        ["ruff", "format", "--check", "--no-cache", "."],
        ["ruff", "check", "--no-cache", "."],
        ["mypy"],
        ["-c", "import demo.workflow as w; print(w.settings.IMAGE.base_image)"],
    ):
        words = command if command[0] == "-c" else ["-m", *command]
        done = subprocess.run([sys.executable, *words], cwd=project, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == "registry.acme.example/base:1"


@pytest.mark.long
def test_a_layer_can_be_held(org: KitRepository, team: KitRepository) -> None:
    """`--kit URL@VERSION` keeps the team's kit where it is while the organisation's moves."""
    project = team.project(trials=20)
    bump_org(org)
    bump_team(team)

    plan = update_project(project, kit=f"{team.folder}@1.0.0").plan

    assert kits_of(plan) == ["org 1.1.0"]


def test_a_team_does_not_override_what_its_organisation_fixes(
    org: KitRepository, team: KitRepository
) -> None:
    """Each answer is named, with both kits."""
    text = TEAM.format(trials=500) + '\n    [fixed]\n    entity = "rebels"\n'
    team.release("3.0.0", {"kit.toml": text})

    with pytest.raises(InvalidInput) as caught:
        team.project(trials=20)

    place = f"{team.folder}@3.0.0: kit.toml"
    lines = dedent(text).split("\n")
    entity, caps = lines.index('entity = "rebels"') + 1, lines.index("trials = 500") + 1
    assert str(caught.value).splitlines() == [
        f"{place}:{entity}: entity: The kit `team` answers `entity` with `rebels`, and the kit "
        "`org` fixes it as `acme`.",
        f"{place}:{caps}: caps.trials: The kit `team` answers `caps.trials` with `500`, and the "
        "kit `org` fixes it as `100`.",
    ]


def test_kits_in_a_circle(org: KitRepository, team: KitRepository) -> None:
    """A kit that builds on itself, over others, is refused."""
    org.release("2.0.0", {"kit.toml": f'name = "org"\nextends = {json.dumps("../team")}\n'})

    with pytest.raises(UserError, match="in a circle"):
        team.project(trials=20)
