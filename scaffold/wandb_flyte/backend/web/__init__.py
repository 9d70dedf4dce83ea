"""The web pages: what the backend holds, for people to look at."""

from __future__ import annotations

from wandb_flyte.backend.web.pages import routes

__all__ = ["routes"]
