"""A kit at an https URL: made, updated, built upon, and gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.generate.answers import read_answers
from wandb_flyte.generate.kits.read import wanted_kits
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject

from .git_server import serve
from .workshop import KitRepository, update

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that git trusts, once a server has written it."""
    certificate = tmp_path / "server.pem"
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return certificate


def test_kits_at_a_server(tmp_path: Path, trusted: Path) -> None:
    """A project starts with a kit on a kit there, an update follows, and works without it."""
    org, team = (KitRepository(tmp_path / name) for name in ("org", "team"))
    org.release("1.0.0", {"kit.toml": 'name = "org"\n', "files/ORG.md": "one\n"})
    with serve(tmp_path, trusted) as server:
        url = f"{server}/team"
        team.release(
            "1.0.0",
            {"kit.toml": f'name = "team"\nextends = "{server}/org"\n', "files/T.md": "one\n"},
        )
        kits = wanted_kits(url).kits
        project = new_project(NewProject("demo", tmp_path / "demo", kits=kits)).path
        org.release("1.1.0", {"files/ORG.md": "two\n"})
        team.release("2.0.0", {"files/T.md": "two\n"})
        moved = update(project).plan.kits
        again = wanted_kits(f"{url}@1.0.0").kits

    assert [(kit.name, kit.before, kit.after) for kit in moved] == [
        ("org", "1.0.0", "1.1.0"),
        ("team", "1.0.0", "2.0.0"),
    ]
    assert [kit.version for kit in again] == ["1.1.0", "1.0.0"]
    assert (project / "ORG.md").read_text() + (project / "T.md").read_text() == "two\ntwo\n"
    assert [kit.source for kit in read_answers(project).kits] == [f"{server}/org", url]
    chain = wanted_kits(url)
    assert [kit.version for kit in chain.kits] == ["1.1.0", "2.0.0"]
    assert len(chain.notes) == 2


def test_a_server_that_nobody_vouches_for(
    tmp_path: Path, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate that git does not trust is an error with git's own words."""
    KitRepository(tmp_path / "team").release("1.0.0", {"kit.toml": 'name = "team"\n'})
    with serve(tmp_path, trusted) as server:
        monkeypatch.delenv("GIT_SSL_CAINFO")

        with pytest.raises(UserError, match=r"can't be fetched: .*certificate"):
            wanted_kits(f"{server}/team")


@pytest.mark.parametrize("path", ["../../etc", "~/kits/mine", "/kits/mine", "file:///kits/mine"])
def test_a_kit_at_a_server_reaches_no_path(path: str, tmp_path: Path, trusted: Path) -> None:
    """Its `extends` names a URL: a path would be one of whoever uses the kit."""
    team = KitRepository(tmp_path / "team")
    team.release("1.0.0", {"kit.toml": f'name = "team"\nextends = "{path}"\n'})
    with serve(tmp_path, trusted) as server:
        with pytest.raises(InvalidInput) as caught:
            wanted_kits(f"{server}/team")

        assert str(caught.value) == (
            f"{server}/team: kit.toml:2: extends: `{path}` is a path, and the kit comes from a "
            "URL. Extend a kit at a URL."
        )
