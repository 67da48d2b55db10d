"""Templates to pages. The only unescaped text in any page is what `web.typeset` made."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from registry.categories import category_name
from web.package_paths import package_path
from web.static_files import StaticFiles
from web.typeset import plain, typeset

FOLDER = Path(__file__).parent / "templates"


class Renderer:
    """Renders a page from a template and its typed context."""

    def __init__(self, static: StaticFiles) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.filters.update(
            typeset=typeset,
            plain=plain,
            day=day,
            count=count,
            category_name=category_name,
            points=points,
            capitalised=capitalised,
        )
        self.environment.globals.update(static=static.url, package_path=package_path)

    def page(self, template: str, page: Any, *, status: int = 200) -> HTMLResponse:
        """The page for ``template``; the template sees its context dataclass as ``page``."""
        return HTMLResponse(self.environment.get_template(template).render(page=page), status_code=status)


def day(moment: date | datetime) -> str:
    """A day as ISO 8601 writes it: 2026-06-11."""
    return moment.strftime("%Y-%m-%d")


def count(number: int, one: str | None = None, many: str | None = None) -> str:
    """A number with thousands separated, and its noun in singular or plural: "1 claim", "1,204 claims"."""
    if one is None:
        return f"{number:,}"
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def capitalised(sentence: str) -> str:
    """A sentence with its first letter in upper case and the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def points(attention: Decimal) -> str:
    """An attention score in plain decimals: 4.0."""
    return f"{attention:f}"
