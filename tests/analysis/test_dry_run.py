"""A dry run follows what a trial is given through the code, and tells where it ends or stops."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.analysis.dry_run.run import Result, dry_run, started_sweeps
from wandb_flyte.analysis.dry_run.trial import Given
from wandb_flyte.analysis.dry_run.values import Some, Value
from wandb_flyte.analysis.source.sources import Sources

LR, WIDTH, KIND = ("lr",), ("width",), ("kind",)
CONFIG = {
    "lr": Value((Some(float),), frozenset({LR})),
    "width": Value((8, 16), frozenset({WIDTH})),
    "kind": Value(("a", "b"), frozenset({KIND})),
}
OPEN = "import wandb\nrun = wandb.init()\nc = run.config\n"


def run(folder: Path, code: str, **given: object) -> Result:
    """What a dry run of some code shows."""
    (folder / "train.py").write_text(code)
    sources = Sources(folder / "train.py", (folder,))
    result = dry_run(sources, Given(dict(CONFIG), {}, **given))  # type: ignore[arg-type]
    assert result is not None
    return result


TOUCHED = {
    "logged": ("run.log({'loss': c.lr})", {LR}),
    "printed": ("print(f'{c.lr:.2f}', c.width)", set()),
    "kept in the run's config": ("wandb.config.update({'rate': c.lr})", set()),
    "given to a package": ("import lib\nlib.fit({'a': [c.lr, {'b': c.width}]})", {LR, WIDTH}),
    "a variable that nobody asks for": ("rate = c.lr * 2", set()),
    "overwritten": ("rate = c.lr\nrate = 0.1\nrun.log({'loss': rate})", set()),
    "overwritten in some runs": (
        "import lib\nrate = c.lr\nif lib.ready():\n    rate = 0.1\nrun.log({'loss': rate})",
        {LR},
    ),
    "a branch that no trial takes": (
        "use = False\nif use:\n    run.log({'l': c.lr})\nelse:\n    run.log({'l': c.width})",
        {WIDTH},
    ),
    "decides about a branch": ("if c.kind == 'a':\n    print(1)", {KIND}),
    "the same for each value": ("if c.kind == 'other':\n    print(1)", set()),
    "asserted": ("assert c.kind in ('a', 'b')", {KIND}),
    "an attribute that is read": (
        "class A:\n    def __init__(self, lr): self.lr = lr\n"
        "    def go(self): run.log({'l': self.lr})\nA(c.lr).go()",
        {LR},
    ),
    "an attribute that is not": (
        "class A:\n    def __init__(self, lr): self.lr = lr\nA(c.lr)",
        set(),
    ),
    "setattr in a loop": (
        "class A: pass\na = A()\nfor k, v in c.items(): setattr(a, k, v)\nrun.log({'l': a.width})",
        {WIDTH},
    ),
    "keywords that swallow": ("def f(lr, **rest): return lr\nrun.log({'l': f(**c)})", {LR}),
    "a decorator that wins": (
        "def fixed(f):\n    def inner(**kw):\n        kw['lr'] = 1\n        return f(**kw)\n"
        "    return inner\n@fixed\ndef f(lr, width): return lr + width\n"
        "run.log({'l': f(lr=c.lr, width=c.width)})",
        {WIDTH},
    ),
    "a closure": (
        "def make(lr):\n    def step(): return lr\n    return step\nrun.log({'l': make(c.lr)()})",
        {LR},
    ),
    "a generator": (
        "def rows(n):\n    for i in range(3): yield i * n\n"
        "for r in rows(c.width): run.log({'l': r})",
        {WIDTH},
    ),
    "a context manager": (
        "from contextlib import contextmanager\n@contextmanager\ndef using(lr): yield lr\n"
        "with using(c.lr) as rate: run.log({'l': rate})",
        {LR},
    ),
    "a dataclass": (
        "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    lr: float = 1\n"
        "    width: int = 2\na = A(**{k: c[k] for k in ('lr', 'width')})\nrun.log({'l': a.lr})",
        {LR},
    ),
    "super in the old style": (
        "class A(object):\n    def __init__(self, lr): self.lr = lr\n"
        "class B(A):\n    def __init__(self, lr, width):\n        super(B, self).__init__(lr)\n"
        "        self.width = width\nrun.log({'l': B(c.lr, c.width).lr})",
        {LR},
    ),
    "a module that nothing uses": (
        "import torch\nclass N(torch.nn.Module):\n    def __init__(self, p):\n"
        "        super().__init__()\n        self.drop = torch.nn.Dropout(p)\n"
        "    def forward(self, x): return x\nrun.log({'l': N(c.lr)(1)})",
        set(),
    ),
    "the end of a with": (
        "class H:\n    def __enter__(self): return self\n"
        "    def __exit__(self, *a): run.log({'l': self.v})\nwith H() as h: h.v = c.width",
        {WIDTH},
    ),
    "the end of a context manager": (
        "import contextlib\n@contextlib.contextmanager\ndef rows():\n    d = {}\n    yield d\n"
        "    run.log(d)\nwith rows() as d: d['l'] = c.lr",
        {LR},
    ),
    "a file": (
        "import json\nwith open('x.json', 'w') as f: json.dump(dict(c), f)\n"
        "with open('x.json') as f: run.log({'l': json.load(f)['lr']})",
        {LR, WIDTH, KIND},
    ),
    "a logger's run": (
        "import lightning.pytorch.loggers as lib\nc = lib.WandbLogger().experiment.config\n"
        "run.log({'l': c.lr})",
        {LR},
    ),
    "a heap": (
        "import heapq\nh = []\nheapq.heappush(h, 1)\n"
        "while h:\n    heapq.heappop(h)\n    run.log({'l': c.lr})",
        {LR},
    ),
    "several states": (
        "state = 'a'\nnext_of = {'a': 'b', 'b': 'c', 'c': 'd'}\nwhile state != 'd':\n"
        "    if state == 'c': run.log({'l': c.lr})\n    state = next_of[state]",
        {LR},
    ),
    "locals in a comprehension": (
        "class T:\n    def __init__(self, lr):\n"
        "        self.__dict__.update({k: v for k, v in locals().items() if k != 'self'})\n"
        "run.log({'l': T(c.lr).lr})",
        {LR},
    ),
    "an asynchronous loop": (
        "class S:\n    def __init__(self, n): self.n = n\n    def __aiter__(self): return self\n"
        "    async def __anext__(self): return self.n\n"
        "async def main():\n    async for i in S(c.width): run.log({'l': i})\n"
        "import asyncio\nasyncio.run(main())",
        {WIDTH},
    ),
    "an unknown key": ("import lib\nrun.log({'l': c[lib.key()]})", {LR, WIDTH, KIND}),
}


@pytest.mark.parametrize(("code", "touched"), TOUCHED.values(), ids=TOUCHED)
def test_what_something_is_made_of(tmp_path: Path, code: str, touched: set[object]) -> None:
    """A hyperparameter matters where a trial comes to something that depends on it."""
    assert run(tmp_path, OPEN + code).touched == touched


STOPS = {
    "none added": ("path = None\npath + '/x'", "`None` and `'/x'` can't be computed with"),
    "none asked": ("model = None\nmodel.fit()", "`None` has no `fit`"),
    "a number asked for an item": ("c.lr['min']", "`a number` has no items"),
    "a text as a number": ("int('ten')", "`int` is given `'ten'`"),
    "a range of nothing": ("for i in range({}.get('n')): pass", "`range` is given `None`"),
    "a key that is not there": ("{'a': 1}['b']", "the dict has no key `b`"),
    "a rate that is text": (
        "import torch\ntorch.optim.Adam([], lr='1e-3')",
        "the optimizer's `lr` is `'1e-3'`",
    ),
    "an exception": ("def f(): raise NotImplementedError\nf()", "`raise NotImplementedError`"),
}


@pytest.mark.parametrize(("code", "what"), STOPS.values(), ids=STOPS)
def test_where_it_stops(tmp_path: Path, code: str, what: str) -> None:
    """The first place where every trial stops, in the line where it does."""
    stop = run(tmp_path, OPEN + code).stops[0]

    assert (stop.what, stop.sure) == (what, True)
    assert stop.place[0].name == "train.py"


@pytest.mark.parametrize(
    "code",
    [
        "import lib\nif lib.ready(): None.x",
        "try:\n    None.x\nexcept AttributeError: pass",
        "x = {}\nx.setdefault('a', 1)\nx['a']",
        "import os\nos.environ['HOME'] + '/x'",
        "raise SystemExit(0)",
        "x = 3 if isinstance(c.width, int) else c.width['a']",
    ],
)
def test_where_it_does_not_stop_for_sure(tmp_path: Path, code: str) -> None:
    """What some runs leave out, or catch, or what ends a run in good order, stops no trial."""
    assert not run(tmp_path, OPEN + code).stops_all


def test_options_of_made_names(tmp_path: Path) -> None:
    """A parser whose options are not all known may take any word of the command line."""
    code = (
        "import argparse, lib\np = argparse.ArgumentParser()\n"
        "for f in lib.fields(): p.add_argument('--' + f.name)\nrun.log({'l': p.parse_args().lr})"
    )

    assert LR in run(tmp_path, OPEN + code, words={"lr": CONFIG["lr"]}).touched


EACH_TURN = {
    "a name": "n = 0\nfor x in lib.rows():\n    n += 1\n    if n % 50 == 0: run.log({'l': c.lr})",
    "an attribute": (
        "class T:\n    n = 0\n    def step(self):\n        self.n = self.n + 1\n"
        "        if self.n == 9: run.log({'l': c.lr})\nt = T()\nfor x in lib.rows(): t.step()"
    ),
    "an item, behind the loop": (
        "s = {'n': 0}\nwhile lib.goes_on(): s['n'] += 1\nif s['n'] > 50: run.log({'l': c.lr})"
    ),
    "a list's length": (
        "seen = []\nfor x in lib.rows():\n    seen.append(x)\n"
        "    if len(seen) > 64: run.log({'l': c.lr})"
    ),
    "a class's own, in a comprehension": (
        "class T:\n    n = 0\n    def __init__(self):\n        self.id = T.n\n        T.n += 1\n"
        "if [T() for x in lib.rows()][-1].id == 4: run.log({'l': c.lr})"
    ),
    "of what a package calls": (
        "class T:\n    n = 0\n    def step(self, x):\n        self.n += 1\n"
        "        if self.n > 10: run.log({'l': c.lr})\nlib.fit(T())"
    ),
}


@pytest.mark.parametrize("code", EACH_TURN.values(), ids=EACH_TURN)
def test_what_each_turn_of_a_loop_changes(tmp_path: Path, code: str) -> None:
    """A loop whose turns are not known counts to any number."""
    result = run(tmp_path, f"import lib\n{OPEN}{code}\n")

    assert (result.touched, result.logged) == ({LR}, {"l"})


LATER = {
    "a hook's dict": "acts = {}\ndef hook(o): acts['fc'] = o\nlib.call(hook)\nacts['fc'].sum()",
    "a hook's global": (
        "feats = None\ndef hook(o):\n    global feats\n    feats = o\nlib.call(hook)\nfeats.sum()"
    ),
    "a bound hook's attribute": (
        "class T:\n    out = None\n    def keep(self, o): self.out = o\n"
        "t = T()\nlib.call(t.keep)\nt.out.sum()"
    ),
    "a lambda's call": "acts = {}\nlib.call(lambda o: acts.update(a=o))\nacts['a']",
    "what a function that it calls changes": (
        "acts = {}\ndef keep(o): acts['fc'] = o\nlib.call(lambda o: keep(o))\nacts['fc']"
    ),
    "a cache that is filled": (
        "known = {}\ndef get(k): return known.get(k)\nget('m')\nknown['m'] = 3\nget('m') + 1"
    ),
    "classes that tell their base": (
        "BY = {}\nclass Base:\n    def __init_subclass__(cls, key): BY[key] = cls\n"
        "class A(Base, key='a'): pass\nBY['a']()"
    ),
    "classes of a class": (
        "BY = {}\nclass Meta(type):\n    def __new__(cls, name, bases, body):\n"
        "        BY[name] = super().__new__(cls, name, bases, body)\n        return BY[name]\n"
        "class A(metaclass=Meta): pass\nBY['A']()"
    ),
    "one object of a class": (
        "class T:\n    one = None\n    def __new__(cls):\n        cls.one = super().__new__(cls)\n"
        "        return cls.one\nT()\nT.one.lr"
    ),
    "a last case": (
        "match lib.kind():\n    case 'a': k = 1\n    case 'b': k = 2\n    case _: raise ValueError"
    ),
}


@pytest.mark.parametrize("code", LATER.values(), ids=LATER)
def test_what_is_filled_by_somebody_else(tmp_path: Path, code: str) -> None:
    """Nothing is known of what a package's call, or a class's making, may have changed."""
    assert not run(tmp_path, f"import lib\n{OPEN}{code}\n").stops_all


def test_a_list_that_takes_itself(tmp_path: Path) -> None:
    """It has an end."""
    code = "l = [c.lr]\nfor i in range(40): l += l\nrun.log({'l': l[0]})"

    assert run(tmp_path, OPEN + code).touched == {LR}


def test_a_cached_function_gives_the_same_object(tmp_path: Path) -> None:
    """What the first caller puts there, the second finds."""
    code = (
        "import functools\nclass S: pass\n@functools.lru_cache\ndef s(): return S()\n"
        "s().lr = c.lr\nrun.log({'l': s().lr})"
    )

    assert run(tmp_path, OPEN + code).touched == {LR}


def test_keys_that_nothing_gives(tmp_path: Path) -> None:
    """They are found wherever the config goes, unless something else may give them."""
    code = OPEN + "def f(given): return given['momentum']\nf(dict(c))\nc.get('beta')\n"

    assert list(run(tmp_path, code, closed=True).missing) == ["momentum"]
    assert run(tmp_path, code).missing == {}
    given = code.replace("init()", "init(config={'momentum': 0.9})")
    assert run(tmp_path, given, closed=True).missing == {}


def test_modes_and_places_that_are_reached(tmp_path: Path) -> None:
    """The modes that runs are opened with, by way of variables and the environment."""
    code = "import os, wandb\nos.environ['WANDB_MODE'] = 'offline'\nwandb.init()\n"

    assert run(tmp_path, code).modes == (("offline",),)
    assert run(tmp_path, "import wandb\nwandb.init(**{'mode': 'disabled'})").modes == (
        ("disabled",),
    )


@pytest.mark.parametrize(
    "code", ["exec('x')", "import importlib, lib\nimportlib.import_module(lib.name())"]
)
def test_code_that_can_not_be_followed(tmp_path: Path, code: str) -> None:
    """Nothing is said of a program that runs texts, or modules of names that it makes."""
    (tmp_path / "train.py").write_text(OPEN + code)

    assert dry_run(Sources(tmp_path / "train.py"), Given(dict(CONFIG), {})) is None


def test_a_program_without_an_end(tmp_path: Path) -> None:
    """Functions that call each other, and loops, are gone through as often as tells something."""
    calls = "\n".join(f"def f{i}(x): return f{i - 1}(x) + f{i - 1}(x)" for i in range(1, 30))
    code = (
        f"{OPEN}def f0(x): return f29(x)\n{calls}\nwhile True:\n    run.log({{'l': f29(c.lr)}})\n"
    )

    assert LR in run(tmp_path, code).touched


def test_sweeps_that_code_starts(tmp_path: Path) -> None:
    """What `wandb.sweep` gets by way of functions of other files, and what its agents run."""
    (tmp_path / "settings.py").write_text(
        "import yaml\ndef load(name='sweep.yaml'):\n    with open(name) as f:\n"
        "        return yaml.safe_load(f)\n"
    )
    (tmp_path / "start.py").write_text(
        "import wandb\nfrom settings import load\ndef train(): pass\n"
        "wandb.agent(wandb.sweep(load()), function=train)\n"
    )

    (sweep,) = started_sweeps(
        Sources(tmp_path / "start.py"), lambda name: {"method": name}, by_hand=True
    )

    assert sweep.config.only.file == "sweep.yaml"
    assert [function.only.name for function in sweep.functions] == ["train"]
