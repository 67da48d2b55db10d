"""`discoveries config`: the settings in force and where each came from."""

from __future__ import annotations

import os

import typer

from registry.settings import config_path, load_settings


def config() -> None:
    """Print every setting in force, where its value came from, and what it means."""
    for row in load_settings().in_force():
        typer.echo(f"{row.name} = {row.value or 'not set'}   [{row.origin}]")
        typer.echo(f"    {row.variable}: {row.meaning}")
    typer.echo(f"\nThe settings file is {config_path(os.environ)}; another is named by DISCOVERIES_CONFIG.")
