"""The Flyte secret that the project's pods take the W&B key from."""

from __future__ import annotations

from dataclasses import dataclass

from wandb_flyte.cli._flyte_config import find_config
from wandb_flyte.cli._project import Project
from wandb_flyte.cli._run.remote import NO_CONFIG, connect, secret_name
from wandb_flyte.cli._translate import NO_ANSWER
from wandb_flyte.errors import InvalidInput, UserError


@dataclass(frozen=True)
class SecretTarget:
    """Where the secret goes.

    Attributes:
        name: The secret's name.
        endpoint: The cluster.
        scope: Flyte's project and domain, as far as the config sets them.
    """

    name: str
    endpoint: str
    scope: str


def find_target(project: Project) -> SecretTarget:
    """Where the project's secret goes.

    Raises:
        UserError: There is no Flyte config.
    """
    config = find_config()
    if config is None:
        raise InvalidInput([NO_CONFIG])
    scope = "/".join(part for part in (config.project, config.domain) if part)
    return SecretTarget(secret_name(project.load("settings")), config.endpoint, scope)


def find_key() -> tuple[str, str] | None:
    """The W&B key that wandb would use here, and where it stands."""
    from wandb_flyte.runtime.backend.credentials import find_credentials

    found = find_credentials()
    if found is None or not found.key or found.key.startswith("local-"):
        return None
    return found.key, found.source


def create(project: Project, target: SecretTarget, key: str) -> None:
    """Create the secret.

    Raises:
        UserError: The cluster did not take it.
    """
    from flyte.remote import Secret

    try:
        connect(project)
        Secret.create(target.name, key)
    except Exception as error:  # Flyte's client raises what its transport raised.
        text = " ".join(str(error).split())
        if any(sign in text for sign in NO_ANSWER):
            raise UserError(
                f"The Flyte cluster at `{target.endpoint}` can't be reached.",
                hint="Look at the endpoint in the Flyte config.",
            ) from error
        raise UserError(
            f"The cluster at `{target.endpoint}` did not take the secret `{target.name}`: {text}",
            hint="Look at the endpoint with `wandb-flyte doctor`.",
        ) from error
