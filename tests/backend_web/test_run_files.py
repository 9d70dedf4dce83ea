"""A run's media, files and artifacts."""

import html
import json
import re

import pytest
from wandb_flyte.backend.store import artifacts, collections, projects, runs
from wandb_flyte.backend.web.media import Cell, cell

RUN = "/local/digits/runs/run0"
IMAGE = {"_type": "image-file", "width": 60, "height": 40, "size": 7308, "path": "media/a b.png"}


def summary(values: object) -> dict[str, object]:
    """The post of a run with that summary."""
    return {"files": {"wandb-summary.json": {"offset": 0, "content": [json.dumps(values)]}}}


@pytest.mark.parametrize(
    ("value", "text", "file"),
    [
        (IMAGE | {"caption": "a dog"}, "image, 60 x 40, 7.3 kB, “a dog”", "media/a b.png"),
        (
            {"_type": "images/separated", "count": 3, "width": 6, "height": 4, "filenames": ["a"]},
            "3 images, 6 x 4",
            "a",
        ),
        (
            {"_type": "table-file", "nrows": 2, "ncols": 3, "path": "t"},
            "table, 2 rows, 3 columns",
            "t",
        ),
        ({"_type": "html-file", "size": 12, "path": "h"}, "HTML, 12 bytes", "h"),
        (
            {"_type": "histogram", "values": [1, 2], "bins": [-1.5, 0, 2]},
            "histogram, 2 bins from -1.5 to 2",
            "wandb-summary.json",
        ),
        ({"_type": "new-file", "size": "x", "path": 5}, "new", "wandb-summary.json"),
        ({"_type": 7}, '{"_type": 7}', ""),
        (list(range(500)), "500 values: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …", "wandb-summary.json"),
        ([1, 2], "[1, 2]", ""),
        (0.5, "0.5", ""),
    ],
)  # fmt: skip
def test_media_are_shown_in_a_few_words(value, text, file):
    """Kind and measures, and which file has the rest; whatever else it holds."""
    assert cell(value) == Cell(text, file)


def test_long_captions_and_kinds_are_cut():
    """They come from whoever logs."""
    assert len(cell({"_type": "k" * 9000, "caption": "c" * 9000}).text) == 81


def test_media_lead_to_their_file(world):
    """A click downloads it; one that was never uploaded is no link."""
    world.trial(None, "run0", {}, post=summary({"img": IMAGE, "gone": IMAGE | {"path": "gone"}}))
    world.file("run0", "media/a b.png", b"png")

    page = world.get(RUN)

    (address,) = re.findall(r'href="([^"]+)">image, 60 x 40, 7.3 kB</a>', page)
    answer = world.ask(html.unescape(address))
    assert (answer.status_code, answer.content) == (200, b"png")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "{" not in page.split("<h3>Summary</h3>")[1]


def test_a_run_lists_its_files(world):
    """Those of its media last, each with its size; no more than a page can show."""
    world.trial(None, "run0", {})
    for name in ("media/x.png", "output.log", *(f"z<b>{index}" for index in range(100))):
        world.file("run0", name, b"text")

    page = world.get(RUN).split("<h2>Files</h2>")[1]

    names = re.findall(r'<a class="link" href="[^"]+">([^<]+)</a>', page)
    assert names[:2] == ["output.log", "z&lt;b&gt;0"]
    assert "media/x.png" not in names
    assert "4 bytes" in page
    assert "2 more files are not shown." in page


def test_a_run_lists_its_artifacts(world):
    """What it logged and what it used, with version, type and size."""
    world.trial(None, "run0", {})
    assert "<h2>Artifacts</h2>" not in world.get(RUN)

    def make(db):
        home = projects.find(db, "local", "digits")
        run = runs.find(db, home, "run0")
        kind = collections.ensure_type(db, home, "model")
        for name, used in (("net", False), ("data", True)):
            made = collections.insert(db, home, kind, name, is_portfolio=False)
            artifact = artifacts.insert(
                db, made, digest=name, state="COMMITTED", version=2, size=5, file_count=1
            )
            artifacts.note_run(db, run, artifact, used=used)

    world.database.write(make).result()
    page = world.get(RUN).split("<h2>Artifacts</h2>")[1]

    assert re.search(r"net:v2</td><td>model</td><td[^>]*>logged", page)
    assert re.search(r"data:v2</td><td>model</td><td[^>]*>used", page)
    assert page.count("5 bytes") == 2
