"""A cluster of processes on this machine: each Flyte action is a pod, started as Flyte would.

A pod is Flyte's container entrypoint `a0`, in a session of its own, with its inputs and outputs on
disk and in context mode "remote". A pod that ends without outputs is started again, under the same
run and action name, as often as its task's `retries` allow.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from flyteidl2.core import execution_pb2
from wandb_flyte.runtime.backend import local_server

from .parent import ACTIONS
from .processes import MARK, command, freeze_all, kill_all, marked, send
from .proxy import Proxy

HERE = Path(__file__).parent
RUN_NAME = "podrun"
ROOT = "a0"
_POLL_S = 0.02


@dataclass
class Pod:
    """One attempt at an action.

    Attributes:
        action: The action's name.
        task: Its task.
        attempt: Its number, from 0.
        process: Flyte's entrypoint.
        proxy: Its way to the backend.
        given_up: Whether it counts as lost, and may live on.
    """

    action: str
    task: str
    attempt: int
    process: subprocess.Popen[bytes]
    proxy: Proxy
    given_up: bool = False

    @property
    def mark(self) -> str:
        """What its processes are known by."""
        return f"{self.action}-{self.attempt}"

    def alive(self) -> bool:
        """Whether its entrypoint runs."""
        return self.process.poll() is None

    def kill(self) -> None:
        """Ends all its processes at once."""
        kill_all(self._mark_here())

    def freeze(self) -> None:
        """Stops its processes where they are."""
        freeze_all(self._mark_here())

    def thaw(self) -> None:
        """Lets its processes go on."""
        send(marked(self._mark_here()), signal.SIGCONT)

    def give_up(self) -> None:
        """Counts as lost from now on, as the pods of a node that does not answer do."""
        self.given_up = True

    def workers(self) -> list[int]:
        """The processes in it that run trials."""
        return [
            pid
            for pid in marked(self._mark_here())
            if "wandb_flyte.runtime.trials.worker" in command(pid)
        ]

    def _mark_here(self) -> str:
        return f"{os.getpid()}-{self.proxy.url}-{self.mark}"


@dataclass
class _Action:
    task: str
    folder: Path
    retries: int
    proxy: Proxy
    attempts: list[Pod] = field(default_factory=list)
    done: bool = False


class Cluster:
    """Runs a module's tasks as pods.

    Args:
        folder: Where everything is kept.
        server: The data folder of the local backend that pods speak to.
        module: The module, in this package's folder.
        variables: Further environment variables of the pods.
        entry: What runs agents' pods instead of a0.
    """

    def __init__(
        self,
        folder: Path,
        server: Path,
        module: str,
        variables: Mapping[str, str],
        entry: list[str] | None = None,
    ) -> None:
        self.folder = folder
        self._server = server
        self._module = module
        self._variables = variables
        self._entry = entry or [str(Path(sys.executable).with_name("a0"))]
        self._actions: dict[str, _Action] = {}
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._address = ""
        self._key = ""
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self, task: str, context: Mapping[str, str], **inputs: Any) -> None:
        """Starts the run's first action."""
        from flyte._internal.runtime.convert import convert_from_native_to_inputs

        sys.path.insert(0, str(HERE))
        try:
            module = __import__(self._module)
        finally:
            sys.path.remove(str(HERE))
        template = getattr(module, task)
        made = asyncio.run(
            convert_from_native_to_inputs(
                template.native_interface, custom_context=dict(context), **inputs
            )
        )
        folder = self.folder / "actions" / ROOT
        folder.mkdir(parents=True)
        (folder / "inputs.pb").write_bytes(made.proto_inputs.SerializeToString())
        request = {"task": task, "retries": int(getattr(template.retries, "count", 0))}
        (folder / "request.json").write_text(json.dumps(request))
        self._thread.start()

    def pods(self) -> list[Pod]:
        """The pods that are up, the parent's first."""
        with self._lock:
            newest = [action.attempts[-1] for action in self._actions.values() if action.attempts]
        return sorted((pod for pod in newest if pod.alive()), key=lambda pod: pod.action != ROOT)

    def outcome(self, action: str = ROOT) -> dict[str, str] | None:
        """Where an action's outputs or error are, or None while it has neither."""
        file = self.folder / "actions" / action / "done.json"
        return json.loads(file.read_text()) if file.exists() else None

    def attempts(self) -> dict[str, int]:
        """How often each action was started."""
        with self._lock:
            return {name: len(action.attempts) for name, action in self._actions.items()}

    def log(self) -> str:
        """What all pods printed."""
        files = sorted((self.folder / "actions").glob("*/*.log"))
        return "\n".join(f"== {file}\n{file.read_text(errors='replace')}" for file in files)

    def close(self) -> None:
        """Ends what is left."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)
        for action in self._actions.values():
            for pod in action.attempts:
                pod.kill()
                pod.process.wait()
            action.proxy.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _watch(self) -> None:
        while not self._closed.wait(_POLL_S):
            with self._lock:
                self._take_requests()
                for name, action in self._actions.items():
                    self._look_after(name, action)

    def _take_requests(self) -> None:
        for request in (self.folder / "actions").glob("*/request.json"):
            name = request.parent.name
            if name not in self._actions:
                told = json.loads(request.read_text())
                proxy = Proxy(self._backend)
                self._actions[name] = _Action(told["task"], request.parent, told["retries"], proxy)

    def _look_after(self, name: str, action: _Action) -> None:
        newest = action.attempts[-1] if action.attempts else None
        if action.done or (newest and newest.alive() and not newest.given_up):
            return
        if newest:
            outputs = action.folder / str(len(action.attempts) - 1)
            if not newest.given_up:
                # A pod that is gone leaves nothing running: its container is gone with it.
                newest.kill()
            if (outputs / "outputs.pb").exists():
                self._finish(action, outputs=str(outputs / "outputs.pb"))
                return
            error = outputs / "error.pb"
            if error.exists() and (not _recoverable(error) or self._spent(action)):
                self._finish(action, error=str(error))
                return
            if self._spent(action):
                error.write_bytes(_pod_lost(name).SerializeToString())
                self._finish(action, error=str(error))
                return
        self._launch(name, action)

    def _spent(self, action: _Action) -> bool:
        return len(action.attempts) > action.retries

    def _finish(self, action: _Action, **done: str) -> None:
        (action.folder / "done.new").write_text(json.dumps(done))
        (action.folder / "done.new").rename(action.folder / "done.json")
        action.done = True

    def _launch(self, name: str, action: _Action) -> None:
        attempt = len(action.attempts)
        outputs = action.folder / str(attempt)
        outputs.mkdir()
        entry = self._entry if name != ROOT else [sys.executable, str(HERE / "parent.py"), "a0"]
        arguments = [
            *("--inputs", str(action.folder / "inputs.pb"), "--outputs-path", str(outputs)),
            *("--version", "v1", "--raw-data-path", str(self.folder / "raw")),
            *("--checkpoint-path", str(outputs / "checkpoint")),
            *("--run-base-dir", str(self.folder / "base"), "--run-name", RUN_NAME),
            *("--name", name, "--org", "org", "--project", "pods", "--domain", "development"),
            *("--resolver", "flyte._internal.resolvers.default.DefaultTaskResolver"),
            *("mod", self._module, "instance", action.task),
        ]
        with (action.folder / f"{attempt}.log").open("wb") as log:
            process = subprocess.Popen(
                [*entry, *arguments],
                cwd=self.folder,
                env=self._environment(name, attempt, action.proxy),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        action.attempts.append(Pod(name, action.task, attempt, process, action.proxy))

    def _environment(self, name: str, attempt: int, proxy: Proxy) -> dict[str, str]:
        path = [str(HERE), os.environ.get("PYTHONPATH", "")]
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("WANDB_")},
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            "WANDB_BASE_URL": proxy.url,
            "WANDB_API_KEY": self._key or self._look().key,
            "WANDB_DIR": str(self.folder),
            "WANDB_ERROR_REPORTING": "false",
            # As on the local backend: what is lost with a process is a second's rows at most.
            "WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "1",
            "FLYTE_DISABLE_TELEMETRY": "1",
            "FLYTE_ATTEMPT_NUMBER": str(attempt),
            "_U_EP_OVERRIDE": "dns:///127.0.0.1:1",
            ACTIONS: str(self.folder / "actions"),
            MARK: f"{os.getpid()}-{proxy.url}-{name}-{attempt}",
            **self._variables,
        }
        if name != ROOT:
            environment["FLYTE_CLUSTERED_WORKER"] = "1"
        return environment

    def _look(self) -> local_server.LocalServer:
        server = local_server.find(self._server)
        if server is None:
            raise RuntimeError(f"no local backend in {self._server}")
        return server

    def _backend(self) -> str:
        """Where the backend listens: at one port, as long as its data folder lives."""
        if not self._address:
            server = self._look()
            self._address, self._key = server.url, server.key
        return self._address


def _pod_lost(name: str) -> Any:
    return execution_pb2.ErrorDocument(
        error=execution_pb2.ContainerError(
            code="PodLost",
            message=f"the pod of action {name} is gone, and so are its retries",
            origin=execution_pb2.ExecutionError.SYSTEM,
        )
    )


def _recoverable(error: Path) -> bool:
    document = execution_pb2.ErrorDocument()
    document.ParseFromString(error.read_bytes())
    return bool(document.error.kind == execution_pb2.ContainerError.RECOVERABLE)
