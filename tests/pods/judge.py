"""Judges one run of a sweep under faults by what the backend has of it, and nothing else.

`python tests/pods/judge.py FOLDER` reads the backend's SQLite file, asks `wandb.Api()`, and reads
what the trials themselves noted. It prints what is wrong, one line each, and exits with 1 if
anything is. It imports nothing of wandb-flyte.
"""

from __future__ import annotations

import faulthandler
import json
import sqlite3
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROWS = 6
ENDED = frozenset({"finished", "failed", "killed", "crashed"})
RESTARTS = 1
# A killed process takes at most a second of rows with it, on the local backend.
LOST_S = 1.0
# On a machine that runs several such sweeps at once, a second lasts longer for wandb's own process.
SLACK_S = 1.0
KILLED_WITHIN_S = 5.0
# wandb.Api() has hung once in a hundred cases: then the judge says where, and ends.
LIMIT_S = 180.0


def judge(folder: Path) -> list[str]:
    """What is wrong with a case; empty when all is well."""
    case = json.loads((folder / "case.json").read_text())
    outcome = case["outcome"] or {}
    wrong = [] if "outputs" in outcome else [f"the parent ended with {outcome or 'nothing'}"]
    rows = _of_database(case, wrong)
    _of_api(case, rows, wrong)
    _losses(case, rows, wrong)
    return wrong


def _of_database(case: dict[str, Any], wrong: list[str]) -> dict[str, dict[str, Any]]:
    with sqlite3.connect(f"file:{case['database']}?mode=ro", uri=True) as database:
        sweeps = database.execute("select name, state from sweeps").fetchall()
        runs = database.execute("select id, name, state, config, sweep_id from runs").fetchall()
        lines = database.execute(
            "select run_id, line from lines where stream = 'history' order by idx"
        ).fetchall()
    if len(sweeps) != 1:
        wrong.append(f"{len(sweeps)} sweeps instead of one")
    wrong += [f"sweep {name} is {state}" for name, state in sweeps if state != "FINISHED"]
    if len(runs) != case["trials"]:
        wrong.append(f"{len(runs)} runs instead of {case['trials']}")
    found = {}
    for number, name, state, config, sweep in runs:
        history = [json.loads(line) for run, line in lines if run == number]
        found[name] = {"state": state, "config": json.loads(config), "rows": history}
        if state not in ENDED:
            wrong.append(f"run {name} is {state}")
        if sweep is None:
            wrong.append(f"run {name} is of no sweep")
        for key in ("row", "_step"):
            if doubles := _doubles([row[key] for row in history if key in row]):
                wrong.append(f"run {name} ({state}) has {key} {doubles} twice in SQLite")
    points = [json.dumps(run["config"].get("x")) for run in found.values()]
    if doubles := _doubles(points):
        wrong.append(f"points {doubles} were handed out twice")
    return found


def _of_api(case: dict[str, Any], stored: dict[str, dict[str, Any]], wrong: list[str]) -> None:
    import wandb

    api = wandb.Api(api_key=case["key"], overrides={"base_url": case["url"]})
    place = f"{case['entity']}/{case['project']}"
    runs = list(api.runs(place))
    ended = [run for run in runs if run.state in ENDED]
    if len(ended) != case["trials"]:
        wrong.append(f"wandb.Api() has {len(ended)} ended trials instead of {case['trials']}")
    if len(api.project(case["project"], case["entity"]).sweeps()) != 1:
        wrong.append("wandb.Api() has more or fewer than one sweep")
    for run in runs:
        rows = [row["row"] for row in run.scan_history(keys=["row"])]
        if doubles := _doubles(rows):
            wrong.append(f"run {run.id} has rows {doubles} twice")
        if run.state == "finished" and sorted(rows) != list(range(ROWS)):
            wrong.append(f"run {run.id} is finished and has rows {rows}")
        if run.id in stored and stored[run.id]["state"] != run.state:
            wrong.append(f"run {run.id} is {stored[run.id]['state']} in SQLite, here {run.state}")


def _losses(case: dict[str, Any], stored: dict[str, dict[str, Any]], wrong: list[str]) -> None:
    """What a trial did and the backend does not know, beyond what a killed process may lose."""
    journal = _lines(case["journal"])
    faults = _lines(case["faults"])
    for name, run in stored.items():
        mine = [line for line in journal if line["run"] == name]
        starts = [line for line in mine if line["what"] == "start"]
        if len(starts) > 1 + RESTARTS:
            wrong.append(f"trial {name} was started {len(starts)} times")
        if run["state"] == "finished" or not starts:
            continue
        if len(starts) < 1 + RESTARTS and not _killed_alone(starts[-1], mine, faults):
            wrong.append(f"trial {name} is {run['state']} and was not taken up again")
        # The last attempt's rows are those that the history holds.
        rows = [line for line in mine if line["what"] == "row" and line["pid"] == starts[-1]["pid"]]
        rows = [line for line in rows if line["at"] >= starts[-1]["at"]]
        kept = {row.get("row") for row in run["rows"]}
        end = max((line["at"] for line in rows), default=0.0)
        for line in rows:
            away_s = sum(
                max(0.0, min(fault["until"], end + LOST_S) - max(fault["at"], line["at"]))
                for fault in faults
            )
            if line["row"] not in kept and end - line["at"] > LOST_S + SLACK_S + away_s:
                wrong.append(f"trial {name} ({run['state']}) lost row {line['row']}")


def _killed_alone(
    start: dict[str, Any], mine: list[dict[str, Any]], faults: list[dict[str, Any]]
) -> bool:
    """Whether a trial's process died and its pod did not: then the trial has failed."""
    last = max(line["at"] for line in mine)
    return any(
        fault["kind"] == "trial killed"
        and start["pod"].endswith(f"-{fault['victim']}")
        # The kill may hit it after its objective's last line, before its run is closed.
        and start["at"] <= fault["at"] <= last + KILLED_WITHIN_S
        for fault in faults
    )


def _doubles(values: list[Any]) -> list[Any]:
    return sorted(value for value, count in Counter(values).items() if count > 1)


def _lines(file: str) -> list[dict[str, Any]]:
    path = Path(file)
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


if __name__ == "__main__":
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    problems = judge(Path(sys.argv[1]))
    print("\n".join(problems), flush=True)
    sys.exit(1 if problems else 0)
