"""Hyperparameters that a program drops: what it puts the config into has not their name."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.generate.check.checking import check_files

SWEEP = """\
program: train.py
method: random
metric: {name: loss, goal: minimize}
run_cap: 4
parameters:
  lr: {min: 0.001, max: 0.01}
  momentum: {min: 0.8, max: 0.9}
"""
IMPORTS = """\
import argparse
import copy
import json
from dataclasses import dataclass, fields, replace
from types import SimpleNamespace

import wandb
import yaml

"""
CLASS = "@dataclass\nclass Settings:\n    lr: float = 0.1\n    steps: int = 3\n\n"
OPEN = "run = wandb.init()\n"
LOOP = """\
for key, value in run.config.items():
    if hasattr(cfg, key):
        setattr(cfg, key, value)
    else:
        print("unknown", key, value)
"""
ITEMS = """\
for key, value in run.config.items():
    if key not in cfg:
        continue
    cfg[key] = value
"""
LOG = "run.log({'loss': train(cfg)})\n"
TRAIN = "def train(cfg):\n    return cfg.lr\n\n"
TRAIN_ITEM = "def train(cfg):\n    return cfg['lr']\n\n"
TRAIN_BOTH = "def train(cfg):\n    return cfg.lr + cfg.momentum\n\n"
TRAIN_ITEMS = "def train(cfg):\n    return cfg['lr'] + cfg['momentum']\n\n"
PLAIN = f"{TRAIN}{CLASS}{OPEN}cfg = Settings()\n"

DROPS = {
    "dataclass": f"{PLAIN}{LOOP}{LOG}",
    "handed on": (
        f"import elsewhere\n\n{PLAIN}{LOOP}"
        "run.log({'loss': elsewhere.fit(cfg) + getattr(cfg, 'momentum', 0.5)})\n"
    ),
    "class attributes": (
        f"class Settings:\n    lr = 0.1\n\n{TRAIN}{OPEN}cfg = Settings\n{LOOP}{LOG}"
    ),
    "what __init__ sets": (
        "class Settings:\n    def __init__(self, lr=0.1):\n        self.lr = lr\n\n"
        f"{TRAIN}{OPEN}cfg = Settings()\n{LOOP}{LOG}"
    ),
    "a class above": (
        f"{CLASS}class Mine(Settings):\n    depth = 2\n\n{TRAIN}{OPEN}cfg = Mine()\n{LOOP}{LOG}"
    ),
    "a return annotation": (
        f"{TRAIN}{CLASS}_made = None\n\ndef load() -> Settings:\n    global _made\n"
        f"    _made = _made or Settings()\n    return _made\n\n{OPEN}cfg = load()\n{LOOP}{LOG}"
    ),
    "one of two results": (
        f"{TRAIN}{CLASS}def load():\n    return 3, Settings()\n\n"
        f"{OPEN}seed, cfg = load()\n{LOOP}{LOG}"
    ),
    "a copy": f"{PLAIN}cfg = copy.deepcopy(cfg)\n{LOOP}{LOG}",
    "a helper": (
        f"{PLAIN}def override(cfg, given):\n    for key, value in given.items():\n"
        f"        if hasattr(cfg, key):\n            setattr(cfg, key, value)\n\n"
        f"override(cfg, run.config)\n{LOG}"
    ),
    "its own method": (
        "class Settings:\n    lr = 0.1\n\n    def override(self, given):\n"
        "        for key, value in given.items():\n            if hasattr(self, key):\n"
        f"                setattr(self, key, value)\n\n{TRAIN}{OPEN}cfg = Settings()\n"
        f"cfg.override(run.config)\n{LOG}"
    ),
    "keywords of its method": (
        "class Settings:\n    lr = 0.1\n\n    def override(self, **given):\n"
        "        for key, value in given.items():\n            if hasattr(self, key):\n"
        f"                setattr(self, key, value)\n\n{TRAIN}{OPEN}cfg = Settings()\n"
        f"cfg.override(**run.config)\n{LOG}"
    ),
    "its class method": (
        f"{TRAIN}{CLASS}    @classmethod\n    def load(cls, given):\n"
        "        names = {field.name for field in fields(cls)}\n"
        "        return cls(**{k: v for k, v in given.items() if k in names})\n\n"
        f"{OPEN}cfg = Settings.load(dict(run.config))\n{LOG}"
    ),
    "updates": (
        f"{PLAIN}updates = {{}}\nfor key, value in run.config.items():\n"
        f"    if hasattr(cfg, key):\n        updates[key] = value\n"
        f"cfg = replace(cfg, **updates)\n{LOG}"
    ),
    "a comprehension": (
        f"{PLAIN}names = {{field.name for field in fields(Settings)}}\n"
        "updates = {k: v for k, v in dict(run.config).items() if k in names}\n"
        f"cfg = replace(cfg, **updates)\n{LOG}"
    ),
    "vars": f"{PLAIN}{LOOP.replace('hasattr(cfg, key)', 'key in vars(cfg)')}{LOG}",
    "two objects": (
        f"{PLAIN}class Data:\n    size = 3\n\ndata = Data()\n"
        "for key, value in run.config.items():\n    if hasattr(cfg, key):\n"
        "        setattr(cfg, key, value)\n    elif hasattr(data, key):\n"
        f"        setattr(data, key, value)\n{LOG}"
    ),
    "a dict": f"{TRAIN_ITEM}{OPEN}cfg = {{'lr': 0.1, 'steps': 3}}\n{ITEMS}{LOG}",
    "a copy of a dict": (
        f"{TRAIN_ITEM}{OPEN}base = {{'lr': 0.1, 'steps': 3}}\ncfg = dict(base.copy())\n{ITEMS}{LOG}"
    ),
    "a file": (
        f"{TRAIN_ITEM}{OPEN}with open('base.yaml') as file:\n"
        f"    cfg = yaml.safe_load(file)\n{ITEMS}{LOG}"
    ),
    "a namespace of a dict": (f"{TRAIN}{OPEN}cfg = SimpleNamespace(**{{'lr': 0.1}})\n{LOOP}{LOG}"),
    "keys alone": (
        f"{PLAIN}for key in run.config.keys():\n    if hasattr(cfg, key):\n"
        f"        setattr(cfg, key, run.config[key])\n{LOG}"
    ),
    "its own keys": (
        f"{TRAIN_ITEM}{OPEN}cfg = {{'lr': 0.1, 'steps': 3}}\nfor key in cfg:\n"
        f"    if key in run.config:\n        cfg[key] = run.config[key]\n{LOG}"
    ),
    "its own fields": (
        f"{PLAIN}for field in fields(cfg):\n"
        f"    setattr(cfg, field.name, getattr(run.config, field.name, 0.5))\n{LOG}"
    ),
    "named keys": (
        f"import elsewhere\n\n{OPEN}given = {{key: run.config[key] for key in ('lr', 'steps')}}\n"
        "run.log({'loss': elsewhere.fit(given)})\n"
    ),
    "what it has before": (
        f"{TRAIN_ITEMS}{OPEN}cfg = {{'momentum': 0.5}}\nfor key in run.config.keys():\n"
        f"    if key not in cfg:\n        cfg[key] = run.config[key]\n{LOG}"
    ),
    "a list of names": (
        f"{PLAIN}for key, value in run.config.items():\n    if key in ('lr', 'steps'):\n"
        f"        setattr(cfg, key, value)\n{LOG}"
    ),
}

MAKE = f"{TRAIN_BOTH}{OPEN}cfg = Settings()\n"
MAKE_OF_FILE = MAKE.replace("Settings()", "Settings(**json.load(open('settings.json')))")
QUIET = {
    "it has both": f"{CLASS}{MAKE}{LOOP}{LOG}".replace("steps", "momentum"),
    "read beside it": f"{PLAIN}{LOOP}cfg.lr *= run.config.momentum\n{LOG}",
    "put anyway": (
        f"{CLASS}{MAKE}for key, value in run.config.items():\n    if not hasattr(cfg, key):\n"
        f"        print('new', key)\n    setattr(cfg, key, value)\n{LOG}"
    ),
    "any attribute": (
        "class Settings:\n    lr = 0.1\n\n    def __getattr__(self, name):\n        return 0.5\n\n"
        f"{MAKE}{LOOP}{LOG}"
    ),
    "a base from elsewhere": (
        f"from elsewhere import Base\n\nclass Settings(Base):\n    lr = 0.1\n\n{MAKE}{LOOP}{LOG}"
    ),
    "more by name": (
        "class Settings:\n    def __init__(self, **given):\n        self.lr = 0.1\n"
        f"        self.__dict__.update(given)\n\n{MAKE_OF_FILE}{LOOP}{LOG}"
    ),
    "all at once": (
        "class Settings:\n    lr = 0.1\n\n    def __init__(self, **given):\n"
        f"        self.__dict__ = given\n\n{MAKE_OF_FILE}{LOOP}{LOG}"
    ),
    "defaults of the command line": (
        f"parser = argparse.ArgumentParser()\nparser.add_argument('--lr', type=float)\n"
        f"parser.set_defaults(momentum=0.5)\n{TRAIN_BOTH}{OPEN}cfg, _ = parser.parse_known_args()\n"
        f"{LOOP}{LOG}"
    ),
    "set before": f"{CLASS}{MAKE}cfg.momentum = 0.5\n{LOOP}{LOG}",
    "a class below": (
        f"{CLASS}class Mine(Settings):\n    momentum = 2\n\n{TRAIN_BOTH}"
        f"def load() -> Settings:\n    return Mine()\n\n{OPEN}cfg = load()\n{LOOP}{LOG}"
    ),
    "a decorator": (
        "from elsewhere import extended\n\n@extended\nclass Settings:\n    lr = 0.1\n\n"
        f"{MAKE}{LOOP}{LOG}"
    ),
    "a file that is not there": (
        f"{TRAIN_ITEMS}{OPEN}with open(run.id) as file:\n    cfg = yaml.safe_load(file)\n"
        f"{ITEMS}{LOG}"
    ),
    "a dict that is filled": (
        f"{TRAIN_ITEMS}{OPEN}cfg = {{'lr': 0.1}}\nfor line in open('more'):\n"
        f"    name = line.strip()\n    cfg[name] = 0.0\n{ITEMS}{LOG}"
    ),
    "keys of a file that is not there": (
        f"{TRAIN_ITEMS}{OPEN}cfg = json.load(open(run.id))\nfor key in cfg:\n"
        f"    if key in run.config:\n        cfg[key] = run.config[key]\n{LOG}"
    ),
    "another loop takes it": (
        f"{CLASS}{MAKE}{LOOP}for key, value in run.config.items():\n"
        f"    if key in json.load(open('x')):\n        setattr(cfg, key, value)\n{LOG}"
    ),
}


def found(folder: Path, body: str, sweep: str = SWEEP) -> list[str]:
    (folder / "sweep.yaml").write_text(sweep)
    (folder / "base.yaml").write_text("lr: 0.1\nsteps: 3\n")
    (folder / "train.py").write_text(IMPORTS + body)
    return [one.message for one in check_files(folder / "sweep.yaml") if one.code == "WF101"]


@pytest.mark.parametrize("body", DROPS.values(), ids=DROPS)
def test_what_it_has_not_is_dropped(body: str, tmp_path: Path) -> None:
    """Only what the program's own object has gets there, and nothing else reads the rest."""
    messages = found(tmp_path, body)

    assert [message for message in messages if "train.py:" in message] == messages
    assert len(messages) == 1 and "`momentum`" in messages[0]


@pytest.mark.parametrize("body", QUIET.values(), ids=QUIET)
def test_what_may_be_there_is_not(body: str, tmp_path: Path) -> None:
    """Nothing is said where the object may have the name, or something else reads the config."""
    assert found(tmp_path, body) == []


def test_dotted_keys_that_a_helper_takes_apart(tmp_path: Path) -> None:
    """What it gives to a function beside that is not dropped."""
    body = (
        f"{PLAIN}def put(cfg, key, value):\n    for part in key.split('.')[:-1]:\n"
        "        cfg = getattr(cfg, part)\n    setattr(cfg, key.split('.')[-1], value)\n\n"
        "for key, value in run.config.items():\n    if hasattr(cfg, key):\n"
        f"        setattr(cfg, key, value)\n    else:\n        put(cfg, key, value)\n{LOG}"
    ).replace("cfg.lr", "cfg.lr + cfg.sgd.momentum")

    assert found(tmp_path, body, SWEEP.replace("momentum", "sgd.momentum")) == []


def test_the_message_names_the_class_and_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what has no such name, and where that drops it."""
    monkeypatch.chdir(tmp_path)
    line = f"{IMPORTS}{PLAIN}".count("\n") + 1

    assert found(tmp_path, f"{PLAIN}{LOOP}{LOG}") == [
        f"`Settings` has no `momentum`, so train.py:{line} drops it."
    ]


def test_the_hint_names_what_is_read_instead(tmp_path: Path) -> None:
    """A flat key beside a nested one of its name: the hint has the place that the code reads."""
    body = (
        "def train(cfg):\n    return cfg['lr'] * cfg['sgd']['momentum']\n\n"
        f"cfg = {{'lr': 0.1, 'sgd': {{'momentum': 0.9}}}}\n{OPEN}cfg.update(run.config)\n{LOG}"
    )
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    (tmp_path / "train.py").write_text(f"import wandb\n\n{body}")

    hints = [one.hint for one in check_files(tmp_path / "sweep.yaml") if one.code == "WF101"]

    assert hints == ["The code reads `sgd.momentum`: trials do not change that."]


def test_options_of_the_command_line(tmp_path: Path) -> None:
    """An agent's function that puts the config into the parsed arguments takes their names."""
    (tmp_path / "sweep.yaml").write_text(SWEEP.replace("program: train.py\n", ""))
    (tmp_path / "train.py").write_text(
        f"{IMPORTS}parser = argparse.ArgumentParser()\nparser.add_argument('--lr', type=float)\n"
        "args = parser.parse_args()\n\ndef train():\n    run = wandb.init()\n"
        "    for key, value in run.config.items():\n        if hasattr(args, key):\n"
        "            setattr(args, key, value)\n    run.log({'loss': args.lr})\n"
    )

    messages = [
        one.message
        for one in check_files(tmp_path / "sweep.yaml", f"{tmp_path}/train.py:train")
        if one.code == "WF101"
    ]

    assert len(messages) == 1 and messages[0].startswith("`args` has no `momentum`, so ")
