"""Flyte's container entrypoint for a task that starts others: those become pods of the harness.

    python parent.py a0 …

It is a0 itself; only what speaks to a cluster is exchanged. A sub-action's name depends on its
parent's name, its task and its inputs, so that a retried parent finds the ones that it started.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import os
import sys
from pathlib import Path
from typing import Any

from flyte._context import internal_ctx
from flyte._internal import controllers
from flyte._internal.controllers._local_controller import LocalController
from flyte._internal.runtime import convert, io

ACTIONS = "PODS_ACTIONS"
_POLL_S = 0.05


class PodController(LocalController):
    """Asks the harness for pods, in files, and waits for what becomes of them."""

    async def submit(self, _task: Any, *args: Any, **kwargs: Any) -> Any:
        """Starts a sub-action, or finds the one that an earlier attempt started."""
        here = internal_ctx()
        action = here.data.task_context
        with here.new_in_driver_literal_conversion(True):
            inputs = await convert.convert_from_native_to_inputs(
                _task.native_interface, *args, **kwargs
            )
        digest = convert.generate_inputs_hash_from_proto(inputs.proto_inputs)
        number = action._call_counter.next(f"{_task.name}:{digest}")
        name, _ = convert.generate_sub_action_id_and_output_path(action, _task.name, digest, number)
        folder = Path(os.environ[ACTIONS]) / name.name
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "request.json").exists():
            (folder / "inputs.pb").write_bytes(inputs.proto_inputs.SerializeToString())
            request = {"task": _task.func.__name__, "retries": _retries(_task)}
            (folder / "new").write_text(json.dumps(request))
            (folder / "new").rename(folder / "request.json")
        while not (folder / "done.json").exists():
            await asyncio.sleep(_POLL_S)
        done = json.loads((folder / "done.json").read_text())
        if "outputs" in done:
            outputs = await io.load_outputs(done["outputs"])
            return await convert.convert_outputs_to_native(_task.native_interface, outputs)
        raise convert.convert_error_to_native(await io.load_error(done["error"]))

    def submit_sync(self, _task: Any, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        """Tasks that are plain functions: this project has none."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Leaves the sub-actions to the harness."""


def _retries(task: Any) -> int:
    return int(getattr(task.retries, "count", task.retries))


def main() -> None:
    """Runs Flyte's own command line with another controller."""
    made = PodController()
    controllers.create_controller = lambda *_, **__: made  # type: ignore[assignment]
    controllers._ControllerState.controller = made
    from flyte._bin.runtime import _pass_through

    _pass_through(sys.argv[1:])


if __name__ == "__main__":
    main()
