"""Errors of copier, wandb, flyte and the system, in words that the user can act on."""

from __future__ import annotations

import errno
import traceback

from wandb_flyte._version import __version__
from wandb_flyte.errors import UserError

# The first name that stands in an exception's family decides. Names, not classes: the handler must
# not import 2 s of libraries to say what went wrong.
_HINTS = {
    "copier.errors.CopierError": ("Copier could not render the project", ""),
    "wandb.errors.errors.AuthenticationError": (
        "W&B did not accept the API key",
        "Log in with `wandb login`, or set WANDB_API_KEY; `--backend local` needs no key.",
    ),
    "wandb.errors.errors.CommError": (
        "W&B could not be reached",
        "Look at WANDB_BASE_URL and the network; `--backend local` needs neither.",
    ),
    "wandb.errors.errors.Error": ("W&B refused", ""),
    "flyte.errors.InitializationError": (
        "Flyte is not set up",
        "Make a config with `flyte create config --endpoint HOST`, then try again.",
    ),
    "flyte.errors.ImageBuildError": (
        "The image could not be built",
        "Look at IMAGE in settings.py and at the builder in the Flyte config.",
    ),
    "flyte.errors.BaseRuntimeError": ("Flyte refused", ""),
    "connectrpc.errors.ConnectError": (
        "The Flyte cluster refused the request",
        "Look at the endpoint in the Flyte config with `wandb-flyte doctor`.",
    ),
    "grpc.RpcError": (
        "The Flyte cluster could not be reached",
        "Look at the endpoint in the Flyte config with `wandb-flyte doctor`.",
    ),
    "requests.exceptions.RequestException": (
        "The backend could not be reached",
        "Look at WANDB_BASE_URL and the network.",
    ),
}

_FULL = (errno.ENOSPC, errno.EDQUOT)

# What Flyte's client says, in errors of several kinds, when nothing listens at the endpoint.
NO_ANSWER = ("client error (Connect)", "tcp connect error", "dns error", "Service is unavailable")


def translate(error: BaseException) -> UserError | None:
    """The error in words that the user can act on, or None when it is a bug of ours."""
    if any(sign in str(error) for sign in NO_ANSWER):
        return UserError(
            "The Flyte cluster can't be reached.",
            hint="Look at the endpoint in the Flyte config with `wandb-flyte doctor`.",
        )
    family = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__]
    for name in family:
        if name in _HINTS:
            what, hint = _HINTS[name]
            return UserError(f"{what}: {_sentence(error)}", hint=hint)
    if isinstance(error, OSError) and error.filename:
        return UserError(f"`{error.filename}`: {error.strerror or _sentence(error)}")
    if isinstance(error, OSError) and error.errno in _FULL:
        return UserError(f"What was to be written does not fit: {error.strerror}.")
    return None


def bug_report(error: BaseException) -> str:
    """The traceback, and where to send it."""
    trace = "".join(traceback.format_exception(error)).rstrip()
    return f"{trace}\nerror: this is a bug in wandb-flyte {__version__}. {_where_to_report()}"


def _sentence(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text or type(error).__name__


def _where_to_report() -> str:
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata("wandb-flyte").get_all("Project-URL") or []
    except PackageNotFoundError:
        urls = []
    for entry in urls:
        label, _, url = str(entry).partition(", ")
        if label.lower() in ("issues", "bug tracker"):
            return f"Please report it, with the text above, at {url}"
    return "Please report it, with the text above, in the project's issue tracker."
