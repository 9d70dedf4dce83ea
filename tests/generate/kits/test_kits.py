"""Projects with a kit: what it answers, adds and brings, and what it does not let through."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.generate.answers import read_answers
from wandb_flyte.generate.kits.moving import KitMove
from wandb_flyte.generate.kits.read import wanted_kits
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.template import templates_folder
from wandb_flyte.generate.updates.drift import find_drift
from wandb_flyte.generate.updates.fleet import update_all

from ..helpers import git, request, tree
from .workshop import KitRepository, update

KIT = """\
    name = "team"

    [defaults]
    agents = 3
    profile = "small"

    [fixed]
    entity = "acme"
    secret = "team_key"

    [caps]
    trials = 30

    [profiles.small]
    cpu = 1

    [profiles.big]
    cpu = 8
    gpu = "A100:1"
"""


@pytest.fixture
def kit(tmp_path: Path) -> KitRepository:
    """A kit with one version."""
    repository = KitRepository(tmp_path / "team")
    repository.release(
        "1.0.0",
        {
            "kit.toml": KIT,
            "files/TEAM.md.jinja": "{{ project }}, {{ agents }} agents\n",
            "files/{{ package }}/team_tools.py": '"""Tools."""\n',
            "blocks/dependencies.txt": "boto3>=1.2  # For checkpoints.\n",
            "blocks/environment.toml": 'HF_HOME = "/data"\n',
            "blocks/image.toml": 'apt = ["git"]\n',
            "blocks/ci-jobs.yml": "audit:\n  runs-on: ubuntu-latest\n  steps:\n    - run: true\n",
        },
    )
    return repository


def test_a_project_has_what_its_kit_says(kit: KitRepository) -> None:
    """Answers, files and blocks are in place, and the kit is on record."""
    project = kit.project()

    settings = (project / "demo" / "settings.py").read_text()
    team = (project / "demo" / "team.py").read_text()
    assert "AGENTS = 3" in settings
    assert 'AGENT_RESOURCES = team.PROFILES["small"]' in settings
    assert "ENTITY: str | None = team.ENTITY" in settings
    assert 'ENTITY: str | None = "acme"' in team
    assert 'SECRET = "team_key"' in team
    assert '"HF_HOME": "/data"' in team
    assert "with_apt_packages" in team
    assert (project / "TEAM.md").read_text() == "demo, 3 agents\n"
    assert (project / "demo" / "team_tools.py").exists()
    needed = tomllib.loads((project / "pyproject.toml").read_text())["project"]["dependencies"]
    assert "boto3>=1.2" in needed
    jobs = yaml.safe_load((project / ".github/workflows/ci.yml").read_text())["jobs"]
    assert sorted(jobs) == ["audit", "test"]
    (record,) = read_answers(project).kits
    assert (record.name, record.version) == ("team", "1.0.0")
    assert record.commit == git("rev-parse", "HEAD", cwd=kit.folder)


def test_what_is_given_wins_over_a_default(kit: KitRepository) -> None:
    """Options come before a kit's defaults."""
    project = kit.project(agents=5, profile="big")

    settings = (project / "demo" / "settings.py").read_text()
    assert "AGENTS = 5" in settings
    assert 'team.PROFILES["big"]' in settings


def test_what_a_kit_does_not_let_through(kit: KitRepository, tmp_path: Path) -> None:
    """Every answer that can't be is named at once, with the kit that fixed it; nothing is made."""
    with pytest.raises(InvalidInput) as caught:
        kit.project(wandb_entity="me", trials=31, profile="huge")

    assert str(caught.value).splitlines() == [
        "31 trials are more than 30, the cap of the kit `team`. Give 30 or fewer.",
        "`--entity me` can't be: the kit `team` fixes `entity` as `acme`. Leave the option out.",
        "There is no profile `huge`. There are `small`, `big`.",
    ]
    assert not (tmp_path / "demo").exists()


def test_a_sweep_config_does_not_get_past_a_fixed_answer(kit: KitRepository, work: Path) -> None:
    """An entity in sweep.yaml that is not the fixed one is refused, with its file."""
    with (work / "sweep.yaml").open("a") as file:
        file.write("entity: me\n")

    with pytest.raises(InvalidInput) as caught:
        new_project(request(kits=wanted_kits(str(kit.folder)).kits))

    assert str(caught.value) == (
        "sweep.yaml: entity: `me` can't be: the kit `team` fixes it as `acme`. Take it out."
    )


def test_a_kit_moves_at_its_own_pace(kit: KitRepository) -> None:
    """A newer kit changes its answers, files and blocks; edits beside them stay."""
    project = kit.project(agents=5)
    (project / "TEAM.md").write_text("demo, 5 agents\n\nmine\n")
    git("commit", "--quiet", "--all", "--message", "Mine", cwd=project)
    newer = KIT.replace("acme", "acme-research").replace("agents = 3", "agents = 4")
    kit.release(
        "1.1.0",
        {
            "kit.toml": newer,
            "files/TEAM.md.jinja": "# {{ project }}\n\n{{ agents }} agents\n",
            "files/NEW.md": "new\n",
            "blocks/dependencies.txt": "boto3>=1.4\n",
        },
    )

    plan = update(project).plan

    assert [(move.name, move.before, move.after) for move in plan.kits] == [
        ("team", "1.0.0", "1.1.0")
    ]
    assert [(change.name, change.before, change.after) for change in plan.answers] == [
        ("entity", "acme", "acme-research")
    ]
    files = {change.path: change.kind for change in plan.changes}
    assert files["NEW.md"] == "new"
    assert files["TEAM.md"] == "conflict"
    assert files["pyproject.toml"] == "updated"
    assert files["demo/settings.py"] == "yours"
    assert '"acme-research"' in (project / "demo" / "team.py").read_text()
    assert read_answers(project).values["agents"] == 5
    assert not update(project).plan.behind


def test_many_projects_get_a_kits_news(kit: KitRepository) -> None:
    """Branch and commit are named after the kit, so that the next version has others."""
    project = kit.project()
    kit.release("1.1.0", {"files/TEAM.md.jinja": "{{ project }}\n"})

    (first,) = update_all([project], tests=[])
    git("merge", "--quiet", first.branch, cwd=project)
    kit.release("1.2.0", {"files/TEAM.md.jinja": "News for {{ project }}\n"})
    (second,) = update_all([project], tests=[])

    assert [first.branch, second.branch] == ["wandb-flyte/team-1.1.0", "wandb-flyte/team-1.2.0"]
    assert second.kits == (KitMove("team", "1.1.0", "1.2.0"),)
    assert git("log", "-1", "--format=%s", second.branch, cwd=project) == (
        "Update the kit team from 1.1.0 to 1.2.0"
    )
    assert git("show", f"{second.branch}:TEAM.md", cwd=project) == "News for demo"


def test_a_profile_that_a_kit_has_no_more(kit: KitRepository) -> None:
    """settings.py is the user's and names it: they are told what to write there."""
    project = kit.project(profile="big")
    kit.release("1.1.0", {"kit.toml": KIT.partition("    [profiles.big]")[0]})

    (*_, told) = update(project).plan.notes

    assert told == (
        "The kits have no profile `big` any more, with which `demo/settings.py` began: as long as "
        'it says `team.PROFILES["big"]`, nothing runs. Put one of theirs there: `small`.'
    )


@pytest.mark.long
def test_an_entity_that_a_kit_takes_back(kit: KitRepository) -> None:
    """It was the kit's word and goes with it; what a later kit says is listed like any answer."""
    project = kit.project()
    without = KIT.replace('entity = "acme"', "")
    kit.release("1.1.0", {"kit.toml": without})

    plan = update(project).plan

    assert [(one.name, one.before, one.after) for one in plan.answers] == [("entity", "acme", "")]
    assert plan.notes == ()
    assert not read_answers(project).values["wandb_entity"]
    kit.release("1.2.0", {"kit.toml": without.replace("agents", 'entity = "beta"\n    agents')})
    (change,) = update(project).plan.answers
    assert (change.name, change.before, change.after) == ("entity", "", "beta")


def test_a_project_without_a_kit_gets_one(kit: KitRepository, tmp_path: Path) -> None:
    """`update --kit` lays a kit over a project, and says that settings.py does not read it."""
    project = new_project(NewProject("demo", tmp_path / "demo")).path

    plan = update(project, kit=str(kit.folder)).plan

    assert [(move.name, move.before) for move in plan.kits] == [("team", "")]
    assert (project / "demo" / "team.py").exists()
    assert plan.notes == (
        "`demo/settings.py` is yours, and reads no kit's `team.py` yet: `wandb-flyte diff --yours` "
        "shows what the template would write.",
    )


def test_drift_names_the_kit_behind_an_answer(kit: KitRepository) -> None:
    """Files of a kit drift like the template's, and answers are shown with their kit."""
    project = kit.project(agents=5)
    (project / "TEAM.md").write_text("mine\n")

    drifts = find_drift(project)

    assert [(drift.path, drift.reason) for drift in drifts.files] == [("TEAM.md", "edited by you")]
    assert [(answer.name, answer.value, answer.fixed) for answer in drifts.answers] == [
        ("profile", "small", False),
        ("entity", "acme", True),
        ("secret", "team_key", True),
    ]


def test_a_version_that_is_not_what_it_was(kit: KitRepository) -> None:
    """A project is not updated from a kit whose recorded version has other files."""
    project = kit.project()
    answers = project / ".copier-answers.yml"
    digest = read_answers(project).kits[0].digest
    answers.write_text(answers.read_text().replace(digest, f"sha256:{'0' * 64}"))
    git("commit", "--quiet", "--all", "--message", "Tamper", cwd=project)
    before = tree(project)

    with pytest.raises(UserError) as caught:
        update(project)

    assert caught.value.message == (
        "The kit `team` 1.0.0 is not the one that made this project: its files have another hash."
    )
    assert tree(project) == before


def test_a_kit_that_begins_to_fix_an_answer(kit: KitRepository) -> None:
    """The project's own answer gives way, and a note says that settings.py has another."""
    project = kit.project(agents=5)
    fixing = KIT.replace("    agents = 3\n", "").replace("[fixed]\n", "[fixed]\n    agents = 6\n")
    kit.release("2.0.0", {"kit.toml": fixing})

    plan = update(project).plan

    assert [(c.name, c.before, c.after, c.fixed) for c in plan.answers] == [("agents", 5, 6, True)]
    assert read_answers(project).values["agents"] == 6
    assert plan.notes == (
        "`demo/settings.py` is yours, and the kits have other answers for it: `agents`. "
        "`wandb-flyte diff --yours` shows what the template would write.",
    )


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"starter.toml": "x"}, "starter.toml:1: It is not valid TOML"),
        ({"starter.toml": 'objective = "train"\n'}, "starter.toml: summary: It has no text."),
        (
            {"starter.toml": 'summary = "s"\ndependencies = "wandb"\n'},
            "starter.toml: dependencies: It is no list of requirements.",
        ),
        (
            {"starter.toml": 'summary = "s"\nobjective = "a b"\ndependencies = []\n'},
            "starter.toml: objective: It is no function's name.",
        ),
        (
            {"starter.toml": 'summary = "s"\nobjective = "train"\ndependencies = []\n'},
            "objective.py: It is missing.",
        ),
        (
            {"starter.toml": 'summary = "s"\ndependencies = []\n', "objective.py": "x = 1\n"},
            "starter.toml: objective: It is missing.",
        ),
    ],
)
def test_a_starter_that_is_none(kit: KitRepository, files: dict[str, str], problem: str) -> None:
    """What a kit's starter lacks is told when the kit is read, with the file."""
    kit.release("1.1.0", {f"starters/one/{name}": text for name, text in files.items()})

    with pytest.raises(InvalidInput) as caught:
        wanted_kits(str(kit.folder))
    assert f"starters/one/{problem}" in str(caught.value)


def test_a_starter_with_a_program(kit: KitRepository) -> None:
    """A kit's starter may be a sweep config with its program, as `script` is."""
    folder = templates_folder() / "starters" / "script"
    starter = {f"starters/ours/{file.name}": file.read_text() for file in folder.iterdir()}
    kit.release("1.1.0", starter)

    project = kit.project(starter="ours")

    assert (project / "program" / "train.py").read_bytes() == (folder / "train.py").read_bytes()
    assert "program: train.py" in (project / "sweep.yaml").read_text()


def test_a_profile_and_a_starter_that_are_not_there(kit: KitRepository, tmp_path: Path) -> None:
    """The default that names what no kit has is told with its line, beside what there is."""
    absent = 'name = "team"\nstarter = "gone"\n[defaults]\nprofile = "gone"\n[profiles.small]\n'
    kit.release("1.1.0", {"kit.toml": absent + "cpu = 1\n"})

    with pytest.raises(InvalidInput) as caught:
        kit.project()

    place = f"{kit.folder}@1.1.0: kit.toml"
    told = str(caught.value).splitlines()
    assert told[0] == f"{place}:4: defaults.profile: There is no profile `gone`. There is `small`."
    assert told[1].startswith(f"{place}:2: starter: There is no starter `gone`.")
