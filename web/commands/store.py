"""`discoveries store check` and `discoveries store gc`: the bundle store verified, and rid of orphans."""

from __future__ import annotations

from typing import Annotated

import typer

from registry.settings import load_settings
from web.commands.options import DataDir

DAMAGED = 1
app = typer.Typer(no_args_is_help=True, help="Look after the store of bundles.")


@app.command("check")
def check_store_command(
    unpack: Annotated[bool, typer.Option("--unpack", help="Unpack each bundle too and compare its files.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Read every bundle and compare it with the digest it was published under.

    Exit status: 0 all are sound, 1 some are damaged or missing; each is named.
    """
    from registry.bundles.upkeep import check_store
    from web.opening import opened

    with opened(load_settings({"data_dir": data_dir}).settings, command="discoveries store check") as registry:
        report = check_store(registry.engine, registry.store, unpack=unpack)
        place = str(registry.store)
    for sentence in report.damages:
        typer.echo(sentence, err=True)
    typer.echo(f"{report.checked:,} bundles in {place}: {report.damaged:,} damaged")
    if report.damaged:
        raise typer.Exit(DAMAGED)


@app.command("gc")
def collect_orphans_command(data_dir: DataDir = None) -> None:
    """Remove packs that no version names and that are older than an hour: what interrupted imports left behind.

    The scheduler does the same every six hours. May run while the registry works.
    """
    from registry.bundles.upkeep import collect_orphans
    from web.opening import opened

    with opened(load_settings({"data_dir": data_dir}).settings, command="discoveries store gc") as registry:
        removed = collect_orphans(registry.engine, registry.store)
        typer.echo(f"{removed:,} orphans removed from {registry.store}")
