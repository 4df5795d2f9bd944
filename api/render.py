"""Templates: escaped by default, and untrusted text with nothing hidden in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.responses import HTMLResponse

from agent.core.untrusted import visible
from agent.core.values import Json
from api.review_queue import age
from api.review_verdict import percent

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
MAX_LINES = 2000
MAX_LINE_CHARS = 2000


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "visible": _visible,
        "shown": shown,
        "percent": percent,
        "path": _path,
        "moment": _moment,
        "age": age,
    }
    return environment


def render(
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """Return a page made from a template."""
    text = _environment().get_template(template).render(**values)
    body = text.encode("utf-8", "replace")
    return HTMLResponse(body, status_code=status, headers=dict(headers or {}))


def _visible(text: object, limit: int = 200) -> str:
    return visible(str(text), limit=limit)


def _path(pointer: str) -> Markup:
    """Return a pointer that may wrap before each of its keys."""
    return Markup("<wbr>/").join(visible(pointer or "/").split("/"))  # joining escapes the parts


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def pretty(value: Json) -> str:
    """Return JSON text over several lines, to be read and edited.

    Hidden characters stand as JSON escapes: they are seen, and the value is the same.
    """
    return _HIDDEN.sub(_escaped, json.dumps(value, indent=2, ensure_ascii=False))


_HIDDEN = re.compile(r"[^\x00-\x7e]")


def _escaped(match: re.Match[str]) -> str:
    letter = match.group()
    return letter if visible(letter) == letter else json.dumps(letter)[1:-1]


def shown(value: Json) -> str:
    """Return JSON text over several lines, to be read only: hidden characters are written out."""
    lines = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    seen = [visible(line, limit=MAX_LINE_CHARS) for line in lines[:MAX_LINES]]
    if len(lines) > MAX_LINES:
        seen.append(f"… {len(lines) - MAX_LINES:,} more lines")
    return "\n".join(seen)
