"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of the embedded Postgres and the bundles.")]
Port = Annotated[int | None, typer.Option("--port", help="Port of the web server [default: 8000].")]
