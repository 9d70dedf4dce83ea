"""The pages' addresses, and the headers that keep what runs logged from doing anything."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from wandb_flyte._version import __version__
from wandb_flyte.backend.store import Database
from wandb_flyte.backend.web import failures, text
from wandb_flyte.backend.web.views import Views

_HERE = Path(__file__).parent / "templates"


def routes(database: Database, key: str) -> list[BaseRoute]:
    """The web pages over the store; they only read.

    Args:
        database: The store.
        key: The server's key, which proves the addresses that files are downloaded from.
    """
    pages = _Pages(database, key)
    return [
        Route("/", pages.home),
        Route("/{entity}/{project}", pages.project),
        Route("/{entity}/{project}/sweeps", pages.project),
        Route("/{entity}/{project}/sweeps/{sweep}", pages.sweep),
        Route("/{entity}/{project}/runs/{run}", pages.run),
        # W&B's clients print these too.
        Route("/{entity}/{project}/{rest}", _to_project),
        Route("/{entity}/{project}/runs/{run}/{rest:path}", _to_run),
    ]


class _Pages:
    """Plain functions, so that Starlette runs them in a thread of their own."""

    def __init__(self, database: Database, key: str) -> None:
        self._database = database
        self._views = Views(key)
        self._templates = _environment()
        style, script = (_read(name) for name in ("style.css", "refresh.js"))
        self._headers = _headers(style, script)
        self._templates.globals |= {"style": Markup(style), "script": Markup(script)}  # noqa: S704

    def home(self, request: Request) -> Response:
        """The newest sweeps, and every project."""
        return self._page(request, "home.html", self._views.home)

    def project(self, request: Request) -> Response:
        """A project's sweeps and runs."""
        entity, project = _names(request, "entity", "project")
        return self._page(
            request, "project.html", lambda db: self._views.project(db, entity, project)
        )

    def sweep(self, request: Request) -> Response:
        """A sweep and its trials."""
        entity, project, sweep = _names(request, "entity", "project", "sweep")
        sort = request.query_params.get("sort", "")
        page = request.query_params.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1
        return self._page(
            request,
            "sweep.html",
            lambda db: self._views.sweep(db, entity, project, sweep, sort=sort, page=number),
        )

    def run(self, request: Request) -> Response:
        """A run and what it logged."""
        entity, project, run = _names(request, "entity", "project", "run")
        return self._page(request, "run.html", lambda db: self._views.run(db, entity, project, run))

    def _page(
        self, request: Request, template: str, read: Callable[[sqlite3.Connection], Any]
    ) -> Response:
        with self._database.read() as db:
            view = read(db)
        status = 200
        if view is None:
            template, status = "missing.html", 404
        content = self._templates.get_template(template).render(view=view, path=request.url.path)
        return HTMLResponse(content, status, self._headers)


def _names(request: Request, *keys: str) -> tuple[str, ...]:
    return tuple(str(request.path_params[key]) for key in keys)


def _to_project(request: Request) -> Response:
    entity, project = _names(request, "entity", "project")
    return RedirectResponse(f"/{quote(entity)}/{quote(project)}")


def _to_run(request: Request) -> Response:
    entity, project, run = _names(request, "entity", "project", "run")
    return RedirectResponse(f"/{quote(entity)}/{quote(project)}/runs/{quote(run)}")


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _headers(style: str, script: str) -> dict[str, str]:
    def source(content: str) -> str:
        digest = hashlib.sha256(content.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    policy = (
        f"default-src 'none'; style-src {source(style)}; script-src {source(script)}; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        # Notebooks show a run in a frame.
        "frame-ancestors http://127.0.0.1:* http://localhost:*"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": text.shown,
        "named": text.named,
        "size": text.size,
        "failure": failures.of,
        "duration": text.duration,
        "moment": text.moment,
    }
    environment.globals |= {"version": __version__}
    return environment
