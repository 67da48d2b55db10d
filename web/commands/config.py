"""`discoveries config`: the settings in force and where each came from."""

from __future__ import annotations

import os

from rich.console import Console
from rich.table import Table

from registry.settings import config_path, load_settings


def config() -> None:
    """Print every setting in force, and where its value came from."""
    table = Table("setting", "value", "from", "meaning", box=None, pad_edge=False)
    for row in load_settings().in_force():
        table.add_row(row.name, row.value or "–", row.origin, row.meaning)
    console = Console()
    console.print(table)
    console.print(f"\nEnvironment variables are DISCOVERIES_<SETTING>; the settings file is {config_path(os.environ)}")
