"""What the server keeps of its sweeps between requests."""

import gc

from wandb_flyte.backend import recording, trials
from wandb_flyte.backend.filestream import parse
from wandb_flyte.backend.observed import Trials
from wandb_flyte.backend.search import Hyperband
from wandb_flyte.backend.searches import Searches
from wandb_flyte.backend.store import projects, sweeps

CONFIG = """
method: grid
metric: {name: loss}
early_terminate: {type: hyperband, min_iter: 3}
parameters: {a: {values: [1, 2, 3]}}
"""


def alive(kind):
    gc.collect()
    return sum(issubclass(type(thing), kind) for thing in gc.get_objects())


def test_sweep_that_ended_is_forgotten(database):
    """Of sweeps that ended only the newest is kept; one that is opened again goes on as before."""
    searches = Searches()
    before = alive(Trials), alive(Hyperband)

    def trial(db, sweep):
        _, (command,) = trials.heartbeat(db, trials.register(db, sweep, "here").name, {}, searches)
        home = projects.ensure(db, "local", "p")
        row = {"wandb-history.jsonl": {"offset": 0, "content": ['{"loss": 1, "_step": 0}']}}
        recording.apply(db, home, command["run_id"], parse({"files": row}), searches)
        return command["args"]["a"]["value"]

    def begin(db):
        sweep = sweeps.insert(db, projects.ensure(db, "local", "p"), config=CONFIG)
        values = [trial(db, sweep), trial(db, sweep)]
        trials.change_state(db, sweep, "FINISHED")
        return sweep, values

    made = [database.write(begin).result() for _ in range(5)]
    assert [values for _, values in made] == [[1, 2]] * 5
    assert (alive(Trials) - before[0], alive(Hyperband) - before[1]) == (1, 1)

    def go_on(db):
        trials.change_state(db, made[0][0], "RUNNING")
        return trial(db, made[0][0])

    assert database.write(go_on).result() == 3
