"""Where kits come from: URLs with a cache, paths, bundles, and this machine's default."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.generate.answers import read_answers
from wandb_flyte.generate.kits.known import known_kits
from wandb_flyte.generate.kits.read import wanted_kits
from wandb_flyte.generate.kits.source import Source, default_kit, parse_source
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject

from ..helpers import git
from .workshop import KitRepository, update

URL = "https://kits.example.org/team.git"


@pytest.fixture
def kit(tmp_path: Path) -> KitRepository:
    """A kit in two versions."""
    repository = KitRepository(tmp_path / "team")
    repository.release("1.0.0", {"kit.toml": 'name = "team"\n', "files/A.md": "one\n"})
    repository.release("1.10.0", {"files/A.md": "ten\n"})
    return repository


@pytest.fixture
def url(kit: KitRepository, home: Path) -> str:
    """A URL that git finds the kit at."""
    (home / ".gitconfig").write_text(f'[url "{kit.folder}"]\n\tinsteadOf = {URL}\n')
    return URL


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (URL, Source(URL)),
        (f"{URL}@1.0.0", Source(URL, "1.0.0")),
        ("git@host.example:a/kit.git", Source("git@host.example:a/kit.git")),
        ("git@host.example:a/kit.git@v2", Source("git@host.example:a/kit.git", "v2")),
        ("ssh://git@host.example/kit.git", Source("ssh://git@host.example/kit.git")),
        ("/kits/team", Source("/kits/team")),
        ("/kits/team@main", Source("/kits/team", "main")),
        ("~/kits/team", Source("~/kits/team")),
        ("file:///kits/our%20team@1.0", Source("/kits/our team", "1.0")),
        ("file://localhost/kits/team", Source("/kits/team")),
        ("host.example:kit.git@1.2.0", Source("host.example:kit.git", "1.2.0")),
        (
            "ssh://git@host.example:2222/~ada/kit.git@v1",
            Source("ssh://git@host.example:2222/~ada/kit.git", "v1"),
        ),
        ("https://[::1]:8443/kit.git", Source("https://[::1]:8443/kit.git")),
        (
            "https://acme@dev.example/acme/_git/kit",
            Source("https://acme@dev.example/acme/_git/kit"),
        ),
    ],
)
def test_sources_with_and_without_a_version(text: str, source: Source) -> None:
    """What stands behind the last `@` is a version, a user's name is none."""
    assert parse_source(text) == source


def test_the_newest_tag_counts(kit: KitRepository) -> None:
    """Versions are ordered as numbers, and untagged commits are no version."""
    kit.change({"files/A.md": "untagged\n"})
    git("commit", "--quiet", "--all", "--message", "More", cwd=kit.folder)

    assert wanted_kits(str(kit.folder)).kits[0].version == "1.10.0"
    assert wanted_kits(f"{kit.folder}@1.0.0").kits[0].files["files/A.md"] == b"one\n"


def test_a_version_that_is_not_there(kit: KitRepository) -> None:
    """The message lists those that are."""
    with pytest.raises(UserError) as caught:
        wanted_kits(f"{kit.folder}@2.0.0")

    assert caught.value.message == f"The kit `{kit.folder}` has no version `2.0.0`."
    assert caught.value.hint == "It has 1.0.0, 1.10.0."


def test_a_url_works_offline_once_it_was_fetched(
    kit: KitRepository, url: str, tmp_path: Path
) -> None:
    """Without a network the cache is used, with a note, for new projects and for updates."""
    project = new_project(NewProject("demo", tmp_path / "demo", kits=wanted_kits(url).kits)).path
    kit.release("2.0.0", {"files/A.md": "two\n"})
    wanted_kits(url)
    shutil.rmtree(kit.folder)

    chain = wanted_kits(url)
    plan = update(project).plan

    note = f"`{url}` can't be reached, so the kit is as it was last fetched."
    assert (chain.kits[0].version, chain.notes) == ("2.0.0", (note,))
    assert note in plan.notes
    assert (project / "A.md").read_text() == "two\n"
    assert read_answers(project).kits[0].source == url
    assert [(known.name, known.versions) for known in known_kits()] == [
        ("team", ("1.0.0", "1.10.0", "2.0.0"))
    ]


def test_a_url_that_was_never_fetched(url: str, kit: KitRepository) -> None:
    """The message has git's reason."""
    shutil.rmtree(kit.folder)

    with pytest.raises(UserError, match="can't be fetched") as caught:
        wanted_kits(url)

    assert "git ls-remote" in caught.value.hint


def test_a_bundle_is_a_kit(kit: KitRepository, tmp_path: Path) -> None:
    """A bundle of the tags alone is enough, and needs no network."""
    git("bundle", "create", "--quiet", str(tmp_path / "kit.bundle"), "--tags", cwd=kit.folder)

    assert wanted_kits(str(tmp_path / "kit.bundle")).kits[0].version == "1.10.0"


@pytest.mark.parametrize(("kits", "here"), [("sha256", "sha1"), ("sha1", "sha256")])
def test_a_kit_of_another_hash(
    kits: str, here: str, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folder, bundle and URL: whatever hash git gives new repositories, here or there."""
    monkeypatch.setenv("GIT_DEFAULT_HASH", kits)
    kit = KitRepository(tmp_path / "team")
    kit.release("1.0.0", {"kit.toml": 'name = "team"\n', "files/A.md": "one\n"})
    git("bundle", "create", "--quiet", str(tmp_path / "kit.bundle"), "--tags", cwd=kit.folder)
    (home / ".gitconfig").write_text(f'[url "{kit.folder}"]\n\tinsteadOf = {URL}\n')
    monkeypatch.setenv("GIT_DEFAULT_HASH", here)

    chains = [wanted_kits(str(one)) for one in (kit.folder, tmp_path / "kit.bundle", URL)]
    kit.release("1.1.0", {"files/A.md": "two\n"})

    assert [chain.kits[0].version for chain in chains] == ["1.0.0"] * 3
    assert wanted_kits(URL).kits[0].files["files/A.md"] == b"two\n"


def test_the_default_of_a_user_and_of_a_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable wins over the user's file, and that over the machine's; empty means none."""
    mine, ours = tmp_path / "mine.toml", tmp_path / "ours.toml"
    ours.write_text('kit = "/kits/ours"\n')

    found = [default_kit((mine, ours))]
    mine.write_text('kit = "/kits/mine@1.0"\n')
    found.append(default_kit((mine, ours)))
    monkeypatch.setenv("WANDB_FLYTE_KIT", "/kits/now")
    found.append(default_kit((mine, ours)))
    monkeypatch.setenv("WANDB_FLYTE_KIT", "")

    assert [kit and kit.text for kit in found] == ["/kits/ours", "/kits/mine@1.0", "/kits/now"]
    assert default_kit((mine, ours)) is None


def test_a_default_says_where_it_is_from(kit: KitRepository, home: Path) -> None:
    """A project without `--kit` gets the default, with a note; an empty `--kit` means none."""
    config = home / ".wandb-flyte" / "config.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text(f'kit = "{kit.folder}"\n')

    chain = wanted_kits(None)

    assert chain.notes == ("With the kit team 1.10.0, as ~/.wandb-flyte/config.toml says.",)
    assert wanted_kits("").kits == ()


def test_a_fetch_that_failed_leaves_no_kit() -> None:
    """What could not be had is none of the kits that this machine knows."""
    with pytest.raises(UserError):
        wanted_kits("https://localhost:1/kit.git")

    assert known_kits() == ()
