"""Keys and addresses are found where wandb finds them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
import wandb
from wandb_flyte.runtime.backend.credentials import app_url, base_url, find_credentials

KEY = "local-" + "k" * 40
OTHER = "o" * 40


@pytest.fixture(autouse=True)
def nothing_set(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = empty_home / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return empty_home


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_nothing_is_found_in_an_empty_home():
    """No variable, no file: no key."""
    assert find_credentials() is None


def test_the_environment_wins(empty_home, monkeypatch):
    """WANDB_API_KEY counts before the netrc file."""
    write(empty_home / ".netrc", f"machine w.example.com login user password {OTHER}\n")
    monkeypatch.setenv("WANDB_BASE_URL", "https://w.example.com/")
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    found = find_credentials()
    assert (found.api_url, found.key) == ("https://w.example.com", KEY)
    assert found.source == "WANDB_API_KEY"


def test_netrc_is_read_for_the_server_in_question(empty_home, monkeypatch):
    """Its entry for that host and port, and no other server's."""
    netrc = write(empty_home / ".netrc", f"machine 127.0.0.1:80 login user password {KEY}\n")
    assert find_credentials() is None
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:80")
    assert (find_credentials().key, find_credentials().source) == (KEY, str(netrc))
    moved = netrc.rename(empty_home / "elsewhere")
    assert find_credentials() is None
    monkeypatch.setenv("NETRC", str(moved))
    assert find_credentials().key == KEY


def test_a_login_to_wandb_itself_is_found(empty_home):
    """`wandb login` without a host writes W&B's own one, under its new name or its old one."""
    write(empty_home / ".netrc", f"machine api.wandb.ai login user password {KEY}\n")
    assert find_credentials().key == KEY
    # Up to 0.30 wandb knows the old name alone.
    own = urlsplit(wandb.Settings.model_fields["base_url"].default).hostname
    write(empty_home / ".netrc", f"machine {own} login user password {KEY}\n")
    assert find_credentials().key == KEY


def test_settings_files_name_the_server(empty_home):
    """The folder's own settings win over the user's, as with `wandb login --host`."""
    users = "[default]\nbase_url = https://user.example.com\n"
    write(empty_home / ".config/wandb/settings", users)
    assert base_url() == "https://user.example.com"
    write(Path("wandb/settings"), "[default]\nbase_url = https://folder.example.com\n")
    assert base_url() == "https://folder.example.com"


def test_a_broken_file_counts_as_none(empty_home):
    """What can't be read holds no key."""
    write(empty_home / ".netrc", "machine\n")
    write(empty_home / ".config/wandb/settings", "no section")
    assert find_credentials() is None


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("http://127.0.0.1:4711", "http://127.0.0.1:4711"),
        ("https://api.wandb.example.com", "https://wandb.example.com"),
        ("https://api.example.com", "https://app.example.com"),
        ("https://w.example.com", "https://w.example.com"),
    ],
)
def test_pages_are_where_wandb_says_they_are(address: str, page: str):
    """The address of the pages is derived from the API's as wandb does it."""
    import wandb

    assert app_url(address) == page == wandb.Settings(base_url=address).app_url


def test_the_default_server_is_wandbs(monkeypatch):
    """Without any setting the server and its pages are those that wandb itself would use."""
    import wandb

    assert base_url() == wandb.Settings().base_url
    assert app_url(base_url()) == wandb.Settings().app_url
    monkeypatch.setenv("WANDB_APP_URL", "https://pages.example.com/")
    assert app_url(base_url()) == "https://pages.example.com"
