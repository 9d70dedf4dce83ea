"""A run's charts."""

import json
import re
from itertools import islice

import pytest

ROWS = 3000


def rows_every(name: str, every: int) -> list[str]:
    """A row each of `train_loss`, but for every n-th: that has the other metric instead."""
    rows: list[dict[str, object]] = []
    for step in range(ROWS):
        logged = name if step % every == every - 1 else "train_loss"
        rows.append({logged: step, "_step": step})
    return [json.dumps(row, ensure_ascii=bool(step % 2)) for step, row in enumerate(rows)]


def courses(world, rows: list[str]) -> dict[str, list[tuple[float, float]]]:
    """The corners of each chart's line, or its dots, for a run that logged these rows."""
    post = {"files": {"wandb-history.jsonl": {"offset": 0, "content": rows}}}
    world.trial(None, "run0", {}, post=post)
    page = world.get("/local/digits/runs/run0")
    charts = re.findall(
        r'<svg class="chart metric".*?aria-label="([^"]*)".*?>(.*?)</svg>', page, re.DOTALL
    )
    return {name: corners(drawn) for name, drawn in charts}


def corners(drawn: str) -> list[tuple[float, float]]:
    """The places that a chart's line connects."""
    path = re.search(r'class="course" d="([^"]*)"', drawn)
    text = path[1] if path else ""
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", text)]


@pytest.mark.parametrize(("name", "every"), [("val_loss", 2), ("sel<é>", 7), ("a.b", 100)])
def test_a_metric_in_rows_of_its_own_has_all_of_its_points(world, name, every):
    """As when each epoch logs once and each batch too: neither is thinned by the other."""
    drawn = courses(world, rows_every(name, every))

    found = drawn[name.replace("<", "&lt;").replace(">", "&gt;")]
    assert len(found) >= min(ROWS // every, 500)
    assert len(drawn["train_loss"]) >= 250
    assert all(a[0] < b[0] for a, b in zip(found, islice(found, 1, None), strict=False))


def test_nested_metrics_are_found_in_rows_of_their_own(world):
    """`{"val": {"loss": …}}` beside rows that nest something else under the same name."""
    rows = rows_every("x", 100)
    for step in range(50, ROWS, 100):
        rows[step] = json.dumps({"val": {"loss": 1.0, "acc": step}, "_step": step})
    for step in range(51, ROWS, 100):
        rows[step] = json.dumps({"val": {"other": "text"}, "_step": step})

    drawn = courses(world, rows)

    assert [len(drawn[name]) for name in ("val.loss", "val.acc", "x")] == [30, 30, 30]


def test_few_values_are_dots(world):
    """One value, as of an objective that only returns its metric, is to be seen."""
    world.trial(None, "one", {}, losses=[0.25])
    world.trial(None, "many", {}, losses=[1.0] * 21)

    one, many = (world.get(f"/local/digits/runs/{name}") for name in ("one", "many"))

    picture = one[one.index('<svg class="chart metric"') :].split("</svg>")[0]
    assert picture.count("<circle") == 1
    assert "<title>step 0: 0.25</title>" in picture
    assert "<a " not in picture
    assert "<circle" not in many


@pytest.mark.parametrize(
    ("defined", "title"),
    [
        ([{"1": "loss", "5": 2}, {"1": "epoch"}], "epoch 3: 0.5"),
        ([{"2": "lo*", "5": 2}, {"1": "epoch"}], "epoch 3: 0.5"),
        ([{"2": "val*", "5": 2}, {"1": "epoch"}], "step 7: 0.5"),
        ([{"1": "loss", "5": 2}, {"1": "never logged"}], "step 7: 0.5"),
        ([{"1": "loss", "5": 9}, 3, {"1": ["x"], "5": 1}, {"1": "loss", "5": "2"}], "step 7: 0.5"),
        ({"1": "loss"}, "step 7: 0.5"),
    ],
)
def test_a_metric_is_drawn_over_the_one_it_was_defined_over(world, defined, title):
    """`define_metric("loss", step_metric="epoch")`, in the client's form or in none."""
    row = json.dumps({"loss": 0.5, "epoch": 3, "_step": 7})
    post = {"files": {"wandb-history.jsonl": {"offset": 0, "content": [row]}}}
    world.trial(None, "run0", {"_wandb": {"m": defined}}, post=post)

    page = world.get("/local/digits/runs/run0")

    assert f"<title>{title}</title>" in page
    assert ('loss <span class="soft">by epoch</span>' in page) == title.startswith("epoch")
