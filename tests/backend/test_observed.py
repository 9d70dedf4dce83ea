"""What searches read of their trials: always what the database holds, and only what changed."""

import random

import pytest
from wandb_flyte.backend.observed import Trials
from wandb_flyte.backend.store import projects, runs, sweeps
from wandb_flyte.spec import parse_sweep

CONFIG = parse_sweep(
    {
        "method": "bayes",
        "metric": {"name": "loss"},
        "parameters": {"x": {"min": 0.0, "max": 1.0}},
    }
)


class Gone(Exception):
    """What a job raises to be taken back."""


def change(db, chooser, project, sweep):
    """Do one thing to a run that is, was or becomes one of the sweep's."""
    known = runs.select(db, "1")
    one = chooser.choice(known) if known else None
    match chooser.choice(["make", "make", "summary", "state", "config", "attach", "delete"]):
        case "make":
            owner = {"sweep_id": sweep.pk} if chooser.random() < 0.8 else {}
            runs.insert(db, project, f"r{chooser.getrandbits(64)}", "running", **owner)
        case "summary" if one:
            runs.update(db, one, {"summary": f'{{"loss": {chooser.random()}}}'})
        case "state" if one:
            runs.update(db, one, {"state": chooser.choice(["running", "finished", "failed"])})
        case "config" if one:
            runs.update(db, one, {"config": f'{{"x": {{"value": {chooser.random()}}}}}'})
        case "attach" if one and one.sweep_pk is None:
            sweeps.attach(db, sweep, [one])
        case "delete" if one:
            runs.delete(db, one)


@pytest.mark.parametrize("seed", range(4))
def test_what_a_search_sees_is_what_is_there(database, seed):
    """Through changes, deletions and jobs taken back, a search sees every trial as it is, and an
    unchanged one as the same object."""
    chooser = random.Random(seed)

    def start(db):
        project = projects.ensure(db, "local", "p")
        return project, sweeps.insert(db, project, config="{}")

    project, sweep = database.write(start).result()
    trials = Trials(CONFIG)

    def step(db, *, fail):
        for _ in range(chooser.randrange(4)):
            change(db, chooser, project, sweep)
        seen = trials.at(db, sweep)
        there = runs.select(db, "runs.sweep_id = ?", sweep.pk)
        assert len(seen) == len(there)
        assert [(o.index, o.run_id, o.state, o.config, o.metric) for o in seen] == [
            (index, run.name, run.state, run.values, run.summary_values.get("loss"))
            for index, run in enumerate(there)
        ]
        own = [run for run in there if not run.prior]
        assert sweeps.run_count(db, sweep) == len(own)
        if fail:
            raise Gone
        return list(seen)

    before = []
    for _ in range(150):
        fail = chooser.random() < 0.2
        done = database.write(lambda db, fail=fail: step(db, fail=fail))
        if fail:
            with pytest.raises(Gone):
                done.result()
            before = []
            continue
        now = done.result()
        same = {observation.run_id: observation for observation in before}
        for observation in now:
            old = same.get(observation.run_id)
            assert old is observation or old != observation
        before = now
