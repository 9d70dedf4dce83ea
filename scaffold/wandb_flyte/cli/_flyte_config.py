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
        UserError: There is a config file, and it is no YAML or names no endpoint.
    """
    import flyte.config

    config = flyte.config.auto()
    endpoint = config.platform.endpoint or ""
    path = Path(config.source).resolve() if config.source else None
    if not endpoint:
        if path is None:
            return None
        _check_yaml(path)
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


def _check_yaml(path: Path) -> None:
    import yaml

    try:
        yaml.safe_load(path.read_bytes())
    except yaml.YAMLError as error:
        raise UserError(
            f"The Flyte config `{path}` is no YAML: {' '.join(str(error).split())}.",
            hint="Mend it, or make a new one with `flyte create config --endpoint HOST`.",
        ) from error
    except OSError:
        return
