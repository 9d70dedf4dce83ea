"""What scripts log beside numbers, with the real client: media, tables, charts; and forks."""

import json

import pytest


@pytest.fixture
def api(wandb):
    return wandb.Api()


def test_media_are_kept_and_served(wandb, api, project, tmp_path):
    """Images, tables, HTML and custom charts come back from the server byte for byte."""
    import numpy

    with wandb.init(project=project) as run:
        table = wandb.Table(columns=["x", "y"], data=[[1, 2.5], [2, 3.5]])
        run.log({"html": wandb.Html("<p>hi</p>"), "table": table})
        run.log({"chart": wandb.plot.line(table, "x", "y", title="t")})
        run.log({"hist": wandb.Histogram(numpy.arange(10))})
    found = api.run(f"{project}/{run.id}")
    files = {file.name: file for file in found.files()}
    (html,) = [name for name in files if name.startswith("media/html/")]
    files[html].download(root=str(tmp_path))
    assert "<p>hi</p>" in (tmp_path / html).read_text()
    kept = found.summary["table"]
    assert (kept["_type"], kept["nrows"], kept["path"] in files) == ("table-file", 2, True)
    files[kept["path"]].download(root=str(tmp_path))
    assert json.loads((tmp_path / kept["path"]).read_text())["data"] == [[1, 2.5], [2, 3.5]]
    assert "chart" in found.rawconfig["_wandb"]["visualize"]
    assert found.summary["hist"]["_type"] == "histogram"


def test_fork_goes_on_from_the_step(wandb, api, project):
    """A run forked at step 1 has rows of its own from step 2 on; the first run keeps its own."""
    with wandb.init(project=project) as first:
        for step in range(4):
            first.log({"loss": 4.0 - step})
    with wandb.init(project=project, fork_from=f"{first.id}?_step=1") as second:
        second.log({"loss": 0.5})
    forked = api.run(f"{project}/{second.id}")
    assert [row["_step"] for row in forked.scan_history()] == [2]
    assert forked.rawconfig["_wandb"]["branch_point"]["run_id"] == first.id
    assert len(list(api.run(f"{project}/{first.id}").scan_history())) == 4


def test_restoring_a_file_that_is_not_there_is_an_error(wandb, project):
    """In a run without any file too, wandb.restore says which file is missing."""
    with wandb.init(project=project, settings={"x_disable_meta": True}) as run:
        with pytest.raises(ValueError, match=r"nothing\.h5 not found"):
            run.restore("nothing.h5")
        assert len(wandb.Api().run(run.path).files()) == 0
