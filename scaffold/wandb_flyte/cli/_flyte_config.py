"""The Flyte config that `--remote` uses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.errors import UserError


@dataclass(frozen=True)
class FlyteConfig:
    """What Flyte's config says about the cluster.

    Attributes:
        path: The file it stands in; None when only FLYTE_* variables say it.
        endpoint: The cluster's address.
        project: Flyte's project, empty when not set.
        domain: Flyte's domain, empty when not set.
        builder: Who builds images, `local` (docker) or `remote`.
        registry: Where images are pushed to, empty when not set.
    """

    path: Path | None
    endpoint: str
    project: str = ""
    domain: str = ""
    builder: str = "local"
    registry: str = ""


def find_config() -> FlyteConfig | None:
    """The config on Flyte's own search path, or None when nothing names a cluster.

    Raises:
        UserError: There is a config file and it names no endpoint.
    """
    import flyte.config

    config = flyte.config.auto()
    endpoint = config.platform.endpoint or ""
    path = Path(config.source).resolve() if config.source else None
    if not endpoint:
        if path is None:
            return None
        raise UserError(
            f"The Flyte config `{path}` names no endpoint.",
            hint="Add `admin: {endpoint: dns:///HOST}`, or make a new one with "
            "`flyte create config --endpoint HOST`.",
        )
    return FlyteConfig(
        path=path,
        endpoint=endpoint,
        project=config.task.project or "",
        domain=config.task.domain or "",
        builder=config.image.builder or "local",
        registry=config.image.registry or "",
    )
