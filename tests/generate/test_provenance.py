"""A project says what made it, and what it says is held against the template."""

from __future__ import annotations

from pathlib import Path

import yaml
from wandb_flyte.generate.answers import ANSWERS, read_answers
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.template import SOURCE, install_template
from wandb_flyte.generate.updates.provenance import find_provenance

from .helpers import request
from .updates import Workshop, save, second_release


def test_a_new_project_says_what_made_it(work: Path) -> None:
    """The template's version, its commit and the hash of its files, from any folder inside."""
    new_project(request())

    found = find_provenance(work / "demo" / "demo")

    (layer,) = found.layers
    installed = install_template()
    assert found.root == work / "demo"
    assert (layer.name, layer.source, layer.problem) == ("wandb-flyte", SOURCE, "")
    assert (layer.commit, layer.digest) == (installed.commit, installed.content)
    assert layer.digest.startswith("sha256:")


def with_hashes(workshop: Workshop) -> Path:
    """A project of the first release of a template that asks for hashes."""
    config = (workshop.files / "copier.yml").read_text()
    question = 'template_hash: {type: str, default: ""}\n'
    workshop.release("0.1.1", {"copier.yml": config + question})
    workshop.answers["template_hash"] = install_template(workshop.templates).content
    return workshop.make()


def test_an_update_records_the_new_hash(workshop: Workshop) -> None:
    """The hash belongs to the version that the project has."""
    project = with_hashes(workshop)
    before = find_provenance(project, workshop.templates).layers[0]
    second_release(workshop)

    workshop.update(project)

    after = find_provenance(project, workshop.templates).layers[0]
    assert (before.version, after.version) == ("v0.1.1", "v0.2.0")
    assert before.digest != after.digest
    assert (before.problem, after.problem) == ("", "")


def test_a_hash_that_does_not_match(workshop: Workshop) -> None:
    """It is told, and an update to the same version records it anew."""
    project = with_hashes(workshop)
    right = read_answers(project).values["template_hash"]
    answers = yaml.safe_load((project / ANSWERS).read_text())
    wrong = "sha256:" + "0" * 64
    (project / ANSWERS).write_text(yaml.safe_dump({**answers, "template_hash": wrong}))
    save(project)

    problem = find_provenance(project, workshop.templates).layers[0].problem
    workshop.update(project)

    assert problem.startswith(
        f"The project was made from `{wrong}`, and template v0.1.1 is `{right}`: "
    )
    assert read_answers(project).values["template_hash"] == right
