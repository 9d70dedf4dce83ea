"""Nothing that a run logs does anything in a browser."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

EVIL = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">'\"`&"


class Elements(HTMLParser):
    """The elements of a page, each with the names of its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, [name for name, _ in attrs]))


@pytest.fixture
def hostile(world):
    """A sweep and a run with markup in every text that a user or an objective can set."""
    metric = f"m{EVIL}"
    config = {
        "method": "random",
        "metric": {"name": metric},
        "name": EVIL,
        "description": EVIL,
        "parameters": {f"p{EVIL}": {"values": [EVIL, 2]}, "q": {"values": [1, 2]}},
    }
    sweep = world.sweep(config, name="evil", display_name=EVIL, description=EVIL)
    for index, value in enumerate([EVIL, 2]):
        row = json.dumps({metric: 1.0 + index, "_step": 0, f"n{EVIL}": {EVIL: 2}})
        log = [EVIL, f"ERROR 2025-01-31T12:00:01 {EVIL}", json.dumps({"content": EVIL})]
        reason = {"error": EVIL, "where": EVIL}
        media = {"_type": EVIL, "caption": EVIL, "path": EVIL.replace("/", "|")}
        values = {metric: 1.0, EVIL: EVIL, "q": EVIL, "media": media, "_wandb_flyte": reason}
        summary = json.dumps(values)
        files = {
            "wandb-history.jsonl": {"offset": 0, "content": [row]},
            "wandb-summary.json": {"offset": 0, "content": [summary]},
            "output.log": {"offset": 0, "content": log},
        }
        world.trial(
            sweep,
            f"evil{index}",
            {f"p{EVIL}": value, "q": index + 1, EVIL: {EVIL: EVIL}},
            display_name=EVIL,
            host=EVIL,
            program=EVIL,
            post={"files": files},
        )
        world.file(f"evil{index}", EVIL.replace("/", "|"), b"text")
    return world


PATHS = ["/", "/local/digits", "/local/digits/sweeps/evil", "/local/digits/runs/evil0"]


@pytest.mark.parametrize("path", [*PATHS, "/local/<script>alert(1)", f"{PATHS[2]}?sort={EVIL}"])
def test_markup_is_shown_as_text(hostile, path):
    """The page's only elements are the template's own, whatever was logged."""
    page = hostile.ask(path).text
    elements = Elements(page).found

    assert [name for name, _ in elements].count("script") == 1
    assert {name for name, _ in elements}.isdisjoint({"img", "iframe", "object", "form"})
    assert not [a for _, names in elements for a in names if a.startswith("on") or a == "style"]
    if path in PATHS:
        assert "&lt;script&gt;" in page


def test_the_policy_allows_only_the_page_s_own_style_and_script(world):
    """The Content-Security-Policy names both by their hashes and nothing else."""
    answer = world.ask("/")
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
    )

    for element, directive in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(rf"<{element}>(.*?)</{element}>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[directive] == f"'sha256-{digest}'"
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PATHS)
def test_no_page_asks_another_host_for_anything(hostile, path):
    """No address outside of this server in any attribute."""
    page = hostile.ask(path).text

    links = re.findall(r'(?:href|src|action)="([^"]*)"', page)
    assert all(
        link.startswith(("/", "?", "data:,")) and not link.startswith("//") for link in links
    )


def test_pages_are_read_only(world, digits):
    """Nothing but reading is answered."""
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert world.ask("/local/digits/sweeps/abcd1234", method).status_code == 405


def test_another_name_for_this_machine_is_refused(world, digits):
    """A site that points its own name at 127.0.0.1 reads nothing."""
    answer = world.ask("/", headers={"host": "evil.example:8080"})

    assert answer.status_code == 403
    assert "digits" not in answer.text


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


def document(url: str, folder) -> str:
    """The page as Chromium has it some seconds after loading it."""
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         f"--user-data-dir={folder / 'browser'}", "--virtual-time-budget=6000", "--dump-dom", url],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout


@needs_chromium
@pytest.mark.parametrize("path", PATHS[1:])
def test_a_real_browser_runs_nothing(hostile, tmp_path, path):
    """In Chromium the title stays the page's own, and no image is made."""
    page = document(hostile.url + path, tmp_path)

    assert re.search("<title>(.*?)</title>", page)[1].endswith("· wandb-flyte")
    assert "<img" not in page


@needs_chromium
def test_a_real_browser_keeps_a_live_page_up_to_date(world, digits, tmp_path):
    """The policy lets the page's own script fetch it again, and only from this server."""
    path = "/local/digits/sweeps/abcd1234"

    page = document(world.url + path, tmp_path)

    assert world.seen.count(path) >= 2
    assert set(world.seen) == {path}
    assert page.count("<main") == 1
