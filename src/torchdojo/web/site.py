"""What every route needs: the dojo, the templates, the run desk, and how errors become pages."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from torchdojo.app.catalogue import searchable
from torchdojo.app.compose import Dojo
from torchdojo.app.knowledge import searchable_kind, searchable_question
from torchdojo.app.searching import plain
from torchdojo.domain.exercise import spoken_metric
from torchdojo.web.prose import code, inline, markdown
from torchdojo.web.runs import RunDesk

HERE = Path(__file__).parent


@cache
def template_environment() -> Environment:
    """The page templates, each compiled once; a name a page forgot to give is an error, not an empty spot."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["markdown"] = markdown
    environment.filters["code"] = code
    environment.filters["inline"] = inline
    environment.filters["plain"] = plain
    environment.filters["metric"] = spoken_metric
    environment.filters["searchable"] = searchable
    environment.filters["searchable_question"] = searchable_question
    environment.filters["searchable_kind"] = searchable_kind
    environment.filters["minutes"] = _minutes
    environment.filters["spoken"] = _spoken
    environment.globals["chunks"] = json.loads((HERE / "static" / "bundle" / "chunks.json").read_text())
    return environment


def _spoken(slug: object) -> str:
    """A slug as a title."""
    told = str(slug).replace("-", " ").replace("_", " ").capitalize()
    return told.replace("Pytorch", "PyTorch")


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@dataclass(frozen=True)
class Site:
    """The parts shared by all routes."""

    dojo: Dojo
    templates: Environment
    runs: RunDesk
    page_made: threading.Event = field(default_factory=threading.Event)

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A whole page."""
        response = HTMLResponse(self._render(request.scope, template, values), status_code=status)
        self.page_made.set()
        return response

    def fragment(self, template: str, **values: Any) -> Markup:
        """A piece of a page, for a place that is filled in later."""
        return Markup(self.templates.get_template(f"parts/{template}").render(values))

    def problem(self, scope: Scope, status: int, fact: str, cure: str) -> Response:
        """An error as the asker can read it: JSON for the page's scripts, a page for a person."""
        if scope["path"].startswith("/api/"):
            return JSONResponse({"fact": fact, "cure": cure}, status_code=status)
        values = {"status": status, "fact": fact, "cure": cure}
        # Somebody who was invited to a room is not shown ways to pages that are closed to them.
        template = "room_problem.html" if scope["path"].startswith("/i/") else "problem.html"
        return HTMLResponse(self._render(scope, template, values), status_code=status)

    def _render(self, scope: Scope, template: str, values: dict[str, Any]) -> str:
        theme = Request(scope).cookies.get("theme", "")
        shared = {
            "nonce": scope["state"]["nonce"],
            "theme": theme if theme in ("light", "dark") else "",
            "path": scope["path"],
        }
        return self.templates.get_template(template).render(shared | values)
