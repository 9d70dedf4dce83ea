"""Sweep configs in Python code: what is understood of them, and that nothing of them runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.errors import InvalidInput
from wandb_flyte.spec import SweepDocument, check_sweep, load_sweep, outline_sweep

LR = {"method": "random", "parameters": {"lr": {"min": 0.1, "max": 1.0}}}
TEXT = "{'method': 'random', 'parameters': {'lr': {'min': 0.1, 'max': 1.0}}}"


def load(folder: Path, text: str, name: str = "") -> SweepDocument:
    """The sweep config of a Python file, `import wandb` above it."""
    (folder / "train.py").write_text(f"import wandb\n{text}\n")
    return load_sweep(folder / f"train.py{name}")


UNDERSTOOD = {
    "inline": f"wandb.sweep({TEXT})",
    "a name": f"c = {TEXT}\nsweep_id = wandb.sweep(sweep=c, project='p')",
    "another module name": f"import wandb as wb\nwb.sweep({TEXT})",
    "imported": f"from wandb import sweep\nsweep({TEXT})",
    "set by key": (
        "c = {'method': 'random'}\nc['parameters'] = {'lr': {'min': .1}}\n"
        "c['parameters']['lr']['max'] = 1.0\nwandb.sweep(c)"
    ),
    "parameters apart": (
        "c = {'method': 'random'}\np = {}\nc['parameters'] = p\n"
        "p.update({'lr': {'min': 1e-1, 'max': 1.0}})\nwandb.sweep(c)"
    ),
    "dict()": "wandb.sweep(dict(method='random', parameters=dict(lr=dict(min=.1, max=1.0))))",
    "unpacked": "r = {'min': .1, 'max': 1.0}\nwandb.sweep({'method': 'random', "
    "'parameters': {'lr': {**r}}})",
    "arithmetic": "import math\nwandb.sweep({'method': 'ran' + 'dom', "
    "'parameters': {'lr': {'min': 1 / 10, 'max': math.exp(0)}}})",
    "in a function": f"def main():\n    c = {TEXT}\n    wandb.sweep(c)\nmain()",
    "a global in a function": f"c = {TEXT}\ndef main():\n    with x():\n        wandb.sweep(c)",
    "under main": f"c = {TEXT}\nif __name__ == '__main__':\n    wandb.sweep(c)",
    "under an unknown condition": f"c = {TEXT}\nif args.sweep:\n    s = wandb.sweep(c)",
    "in try": f"try:\n    c = {TEXT}\n    wandb.sweep(c)\nexcept ValueError:\n    pass",
    "given back by a function": f"def make():\n    c = {TEXT}\n    return c\nwandb.sweep(make())",
    "made of arguments": "def make(lo, hi=1.0):\n    return {'method': 'random', "
    "'parameters': {'lr': {'min': lo, 'max': hi}}}\nwandb.sweep(make(0.1))",
    "made by a function": f"c = {TEXT}\ndef add(d):\n    d['x'] = 1\n    del d['x']\nadd(c)\n"
    "wandb.sweep(c)",
    "asked for": "c = {'a': {'method': 'random', 'parameters': {'lr': {'min': .1, 'max': 1.0}}}}\n"
    "wandb.sweep(c.get('a'))",
    "named where it is used": f"if (c := {TEXT}):\n    wandb.sweep(c)",
    "kept by an object": f"def go(self):\n    self.c = {TEXT}\n    wandb.sweep(self.c)",
    "changed afterwards": f"c = {TEXT}\nwandb.sweep(c)\nc['method'] = 'grid'",
    "deleted": f"c = {TEXT}\nc['x'] = f()\ndel c['x']\nwandb.sweep(c)",
    "copied": f"from copy import deepcopy\nb = {TEXT}\nc = deepcopy(b)\n"
    "b['parameters']['lr']['min'] = 5\nwandb.sweep(c)",
}


@pytest.mark.parametrize("text", UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_what_is_written_out_is_understood(tmp_path: Path, text: str) -> None:
    """However a tutorial builds its dict, the config is the one that W&B would get."""
    raw = dict(load(tmp_path, text).raw)
    raw.pop("project", None)

    assert raw == LR


UNKNOWN = {
    "os.environ['METHOD']": "import os\nc['method'] = os.environ['METHOD']",
    "make()": "c['parameters'] = make()",
    "make_metric()": "c['metric'] = {'name': make_metric()}",
    "10 ** 10 ** 10": "c['seed'] = 10 ** 10 ** 10",
    "'a' * 10 ** 9": "c['program'] = 'a' * 10 ** 9",
    "round(5, -10 ** 9)": "c['seed'] = round(5, -10 ** 9)",
    "for i in range(3):": "for i in range(3):\n    c['parameters'][str(i)] = {'value': i}",
    "if args.fast:": "if args.fast:\n    c['method'] = 'grid'",
    "[x for x in range(3)]": "c['metric'] = [x for x in range(3)]",
    "make(seed=2)": "def make(*, seed):\n    return seed\nc['seed'] = make(seed=2)",
    "wrap()": "@cached\ndef wrap():\n    return 1\nc['seed'] = wrap()",
    "every()": "def every():\n    yield 1\n    return 2\nc['seed'] = every()",
    "either()": "def either():\n    for i in x:\n        return 1\nc['seed'] = either()",
    "anew()": "def anew():\n    global c\n    c = {}\nc['seed'] = anew()",
    "again()": "def again():\n    return again()\nc['metric'] = again()",
}


@pytest.mark.parametrize("shown", UNKNOWN)
def test_what_only_running_tells_is_a_finding(tmp_path: Path, shown: str) -> None:
    """The expression is named with its file and line, and nothing hangs."""
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, f"c = {TEXT}\n{UNKNOWN[shown]}\nwandb.sweep(c)")

    (finding,) = caught.value.findings
    line = (tmp_path / "train.py").read_text().splitlines()[(finding.line or 0) - 1]
    assert finding.message == f"`{shown}` is known only when the code runs."
    assert (finding.code, finding.file) == ("WF026", str(tmp_path / "train.py"))
    assert shown in line


@pytest.mark.parametrize("value", ["make()", "{'values': make()}", "{'min': 1, 'max': make()}"])
def test_values_that_only_running_tells_are_left_out(tmp_path: Path, value: str) -> None:
    """One hyperparameter's values are a finding; the others are read."""
    document = load(tmp_path, f"c = {TEXT}\nc['parameters']['x'] = {value}\nwandb.sweep(c)")

    (finding,) = check_sweep(document)
    assert (finding.code, finding.severity) == ("WF026", "error")
    assert finding.path.startswith("parameters.x")
    assert outline_sweep(document).names == ("lr",)


OPENED = {
    "with open": "with open('conf/sweep.yaml') as f:\n    c = yaml.safe_load(f)",
    "a mode": "with open('conf/sweep.yaml', 'r', encoding='utf-8') as f:\n    c = yaml.load(f, x)",
    "its text": "c = yaml.safe_load(open('conf/sweep.yaml').read())",
    "a path": "c = yaml.safe_load(Path('conf/sweep.yaml').read_text())",
    "beside the code": "HERE = Path(__file__).parent\nc = yaml.safe_load((HERE / 'conf' / "
    "'sweep.yaml').open())",
    "joined": "p = os.path.join(os.path.dirname(__file__), 'conf/sweep.yaml')\n"
    "with open(p) as f:\n    c = yaml.full_load(f)",
    "in a function": "def load(p):\n    with open(p) as f:\n        return yaml.safe_load(f)\n"
    "c = load('conf/sweep.yaml')",
    "with OmegaConf": "c = OmegaConf.load('conf/sweep.yaml')\n"
    "c = OmegaConf.to_container(c, resolve=True)",
    "named": "c = yaml.safe_load(open('conf/sweep.yaml'))\nc['name'] = f'{now()}'",
}


@pytest.mark.parametrize("text", OPENED.values(), ids=OPENED)
def test_the_file_that_code_loads_is_read(tmp_path: Path, text: str) -> None:
    """The sweep config is the file's, with the agent's function and the project from the code."""
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "sweep.yaml").write_text(
        "method: random\nparameters:\n  lr: {min: 0.1, max: 1.0}\n"
    )
    sweep = "sweep_id = wandb.sweep(c, project='p')\nwandb.agent(sweep_id, function=go, count=3)"

    document = load(tmp_path, f"{text}\n{sweep}")

    assert document.path.samefile(tmp_path / "conf" / "sweep.yaml")
    assert document.raw == {**LR, "project": "p"}
    assert (document.code, document.objective) == (tmp_path / "train.py", "go")
    assert (document.count, document.language) == (3, "yaml")
    assert document.line(("parameters", "lr")) == 3


@pytest.mark.parametrize(
    "change",
    [
        "c['parameters']['lr']['max'] = top",
        "c.update(more)",
        "c['parameters'].pop('x')",
        "def add(d):\n    d['parameters']['x'] = {'value': 1}\nadd(c)",
        "import os\nclass A: ...\ndef add(*d): ...\nadd(c)",
        "m = c.pop('metric')",
        "c.get('parameters')['x'] = {'value': 1}",
        "d = c.copy()\nd['method'] = 'random'",
        "c |= {'method': 'random'}",
        "for k in ks:\n    c['parameters'][k] = {'value': 1}",
        "del c['metric']",
    ],
)
def test_a_file_whose_content_the_code_changes_is_not_the_sweep_config(
    tmp_path: Path, change: str
) -> None:
    """What the code makes of it is known only when it runs: the line of the change is named."""
    (tmp_path / "sweep.yaml").write_text("method: grid\nparameters: {lr: {values: [1]}}\n")

    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, f"c = yaml.safe_load(open('sweep.yaml'))\n{change}\nwandb.sweep(c)")

    (finding,) = caught.value.findings
    assert finding.code == "WF026"
    assert finding.line is not None
    assert finding.line > 2


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    """With the line that loads it."""
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, "wandb.sweep(yaml.safe_load(open('sweep.yaml')))")

    (finding,) = caught.value.findings
    assert finding.message == (
        "It loads its sweep config from `sweep.yaml`, which is no YAML or JSON file here."
    )
    assert (finding.code, finding.line) == ("WF001", 2)


@pytest.mark.parametrize("place", ["../other.yaml", "{outside}", "secret.txt"])
def test_no_other_files_are_read(tmp_path: Path, place: str) -> None:
    """A file outside of the code's folder, or one of another kind, is not opened."""
    inner = tmp_path / "inner"
    inner.mkdir()
    for file in (tmp_path / "other.yaml", inner / "secret.txt"):
        file.write_text("method: grid\nparameters: {lr: {values: [1]}}\n")
    named = place.format(outside=tmp_path / "other.yaml")

    with pytest.raises(InvalidInput):
        load(inner, f"wandb.sweep(yaml.safe_load(open({named!r})))")


def test_a_name_that_only_running_tells_is_left_out(tmp_path: Path) -> None:
    """What says nothing of the search does not keep it from being read."""
    text = f"import time\nc = {TEXT}\nc['name'] = f'at {{time.time()}}'\nwandb.sweep(c)"

    document = load(tmp_path, text)

    assert "name" not in document.raw
    assert document.raw["method"]


REFUSED = {
    "itself": "d = {}\nd['x'] = d\nwandb.sweep(d)",
    "laughs": "a = [0, 0]\n" + "a = [a, a, a, a]\n" * 30 + "wandb.sweep({'x': a})",
    "doubled": "a = [0]\n" + "a = a + a\n" * 60 + "wandb.sweep({'x': a})",
    "long text": "a = 'aaaaaaaa'\n" + "a = a + a\n" * 60 + "wandb.sweep({'x': a})",
    "deep": "wandb.sweep(" + "[" * 150 + "]" * 150 + ")",
    "no sweep": "x = 1",
    "no dict": "wandb.sweep('abc')",
    "no Python": "wandb.sweep({",
    "a call that fails": "v = [1]\nv.extend()\nwandb.sweep({'x': v})",
    "another": "d = {'method': 'grid'}\nd.pop()\nwandb.sweep(d)",
    "keys that are none": "d = {}\nd[[1]] = d.get({}, 1)\nd.pop([2])\nd.setdefault({3}, {})\n"
    "e = yaml.safe_load(open('e.yaml'))\ne[[1]] = e.get({}, 1)\ne.update({1: 2})\nwandb.sweep(d)",
    "functions that call each other": "def f(x=None):\n    return g(f(x))\ndef g(y):\n"
    "    return f(g(y))\nwandb.sweep(f(g(f())))",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_hostile_code_is_refused(tmp_path: Path, text: str) -> None:
    """What stands for too much, for itself or for nothing is said to be so."""
    with pytest.raises(InvalidInput):
        load(tmp_path, text)


def test_nothing_runs(tmp_path: Path) -> None:
    """Code that would act on import does not."""
    act = f"import pathlib\npathlib.Path({str(tmp_path / 'ran')!r}).touch()"
    load(tmp_path, f"{act}\nwandb.sweep({TEXT})")

    assert not (tmp_path / "ran").exists()


def test_several_sweeps_are_told_apart(tmp_path: Path) -> None:
    """Without a name the finding lists them; with one, that dict and its agent are meant."""
    text = (
        f"a = {TEXT}\nb = {{**a, 'method': 'grid'}}\nleft = wandb.sweep(a)\n"
        "right = wandb.sweep(b, project='p', entity='e')\n"
        "wandb.agent(left, f, count=2)\nwandb.agent(right, function=g, count=7)"
    )
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, text)
    document = load(tmp_path, text, ":b")

    (finding,) = caught.value.findings
    assert finding.message == "It has several sweeps: `a` in line 4, `b` in line 5."
    assert finding.hint == "Say which dict: `train.py:NAME`."
    assert document.raw["method"] == "grid"
    assert (document.raw["project"], document.raw["entity"]) == ("p", "e")
    assert document.line(("project",)) == 5
    assert (document.objective, document.count) == ("g", 7)


def test_findings_point_into_the_code(tmp_path: Path) -> None:
    """What is wrong with a config has the Python file and the line of its key."""
    document = load(
        tmp_path,
        "wandb.sweep({\n 'method': 'random',\n 'parameters': {\n  'lr': {'min': '1e-5', 'max': 1},"
        "\n  'n': {'distribution': 'normal', 'sigma': -1},\n },\n})",
    )

    found = [(f.file, f.line) for f in check_sweep(document) if f.severity == "error"]
    assert (str(tmp_path / "train.py"), 5) in found
    assert (str(tmp_path / "train.py"), 6) in found


def test_text_in_code_is_not_blamed_on_yaml(tmp_path: Path) -> None:
    """A number in quotes is text to Python: the message and the hint say so."""
    (tmp_path / "tune.py").write_text(
        "import wandb\nwandb.sweep({'method': 'random', 'run_cap': 2, 'parameters': {\n"
        "    'lr': {'min': '1e-5', 'max': 0.1},\n    'eps': {'values': ['1e-8', '1e-6']}}})\n"
    )
    findings = check_sweep(load_sweep(tmp_path / "tune.py"))
    told = [(f.line, f.message, f.hint) for f in findings if f.code == "WF013"]
    assert told == [
        (3, "`1e-5` is text, not a number.", "Write it without quotes."),
        (
            4,
            "`1e-8` and `1e-6` are text, and trials get them as text.",
            "Write them without quotes for numbers.",
        ),
    ]
