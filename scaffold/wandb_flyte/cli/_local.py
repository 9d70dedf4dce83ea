"""What the `local` commands do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.local_server import LocalServer


@dataclass(frozen=True)
class Started:
    """A running local backend, and whether it ran before it was asked for."""

    server: LocalServer
    ran_before: bool

    @property
    def open_to_others(self) -> bool:
        """Whether other machines reach it."""
        import ipaddress
        import socket

        host = self.server.host
        try:
            ip = host if ":" in host else socket.gethostbyname(host)
            return not ipaddress.ip_address(ip).is_loopback
        except (OSError, ValueError):
            return True


def start(host: str | None = None, port: int | None = None) -> Started:
    """Start the local backend.

    Raises:
        UserError: It runs already on another address, the port is taken, another machine could
            reach it and no key is set, the `local` extra is missing, or the process did not come
            up.
    """
    from wandb_flyte.runtime.backend import local_server

    ran_before = local_server.find() is not None
    return Started(local_server.start(host=host, port=port), ran_before)


def stop() -> bool:
    """Stop the local backend; False when none was running."""
    from wandb_flyte.runtime.backend import local_server

    return local_server.stop()


def status() -> dict[str, Any]:
    """Where the local backend runs. The key is not among it: `local env` gives that."""
    from wandb_flyte.runtime.backend import local_server

    server = local_server.find()
    if server is None:
        return {"running": False, "data_dir": str(local_server.data_dir())}
    return {
        "running": True,
        "url": server.url,
        "entity": server.entity,
        "pid": server.pid,
        "version": server.version,
        "data_dir": str(server.data_dir),
    }


def environment() -> dict[str, str]:
    """The variables that point a W&B program at the local backend, which is started if needed."""
    from wandb_flyte.runtime.backend.backends import ENV_BACKEND, resolve_backend

    # Asked for by name, so a variable that says otherwise does not count.
    os.environ[ENV_BACKEND] = "local"
    return resolve_backend("local", in_pod=False).env()
