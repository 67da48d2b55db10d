"""`discoveries rank explain | recompute | verify`: a score with its reasons, all scores anew, all scores checked."""

from __future__ import annotations

from typing import Annotated

import typer

from registry.settings import load_settings
from web.commands.options import DataDir

DIFFERENT = 1
app = typer.Typer(no_args_is_help=True, help="Explain, recompute and verify earned attention.")


@app.command("explain")
def explain_command(
    package: Annotated[str, typer.Argument(help="Package id, e.g. arxiv:2205.14135.", metavar="ID")],
    data_dir: DataDir = None,
) -> None:
    """Show each component of a package's attention, what it was computed from, and what would raise it."""
    from registry.database import transaction
    from registry.feed import points
    from registry.identifiers import parse_package_id
    from web.attention import read_explanation
    from web.opening import opened

    package_id = parse_package_id(package)
    with (
        opened(load_settings({"data_dir": data_dir}).settings, command="discoveries rank explain") as registry,
        transaction(registry.engine) as session,
    ):
        found = read_explanation(session, package_id)
    typer.echo(f"{package_id} on {found.day}: {points(found.score.total_milli)}")
    for component in found.components:
        inputs = ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in component.inputs.items() if value)
        behind = len(found.events.get(component.name, ()))
        events = f"{behind:,} event{'' if behind == 1 else 's'}" if behind else ""
        reasons = "; ".join(part for part in (inputs, events) if part)
        typer.echo(f"  {component.name:16}{points(component.contribution_milli):>10}   {reasons}".rstrip())
    for claim in found.claims:
        tested = (
            f", {claim.support:,} for and {claim.refutation:,} against" if claim.support or claim.refutation else ""
        )
        typer.echo(
            f"  claim {claim.id}: {claim.grounding}, {claim.tokens} words, weight {claim.weight_milli:,}{tested}"
        )
    typer.echo("What would raise it:")
    for sentence in found.would_raise:
        typer.echo(f"  - {sentence}")


@app.command("recompute")
def recompute_command(data_dir: DataDir = None) -> None:
    """Close yesterday, recompute every score from all events, and store what differs. May run while others work.

    Influence and the history that windows look at are put right too.
    """
    from ranking.run import recompute
    from registry.database import transaction
    from web.opening import opened

    with (
        opened(load_settings({"data_dir": data_dir}).settings, command="discoveries rank recompute") as registry,
        transaction(registry.engine) as session,
    ):
        changed = recompute(session)
    typer.echo(f"{changed:,} score{'' if changed == 1 else 's'} changed")


@app.command("verify")
def verify_command(
    days: Annotated[
        int, typer.Option(help="Also compare the history at the end of each of so many days.", min=0, max=3_660)
    ] = 0,
    data_dir: DataDir = None,
) -> None:
    """Recompute all scores, influence and the history behind each window from all events, and compare. Changes nothing.

    Exit status: 0 all agree, 1 some differ; each is named.
    """
    from ranking.run import verify
    from registry.database import transaction
    from registry.feed import points
    from web.opening import opened

    with (
        opened(load_settings({"data_dir": data_dir}).settings, command="discoveries rank verify") as registry,
        transaction(registry.engine) as session,
    ):
        differences = verify(session, days=days)
    for one in differences:
        stored, computed = points(one.stored_milli), points(one.computed_milli)
        typer.echo(f"{one.package}, {one.what}: stored {stored}, from events {computed}", err=True)
    if differences:
        typer.echo(f"{len(differences):,} differ; `discoveries rank recompute` puts that right", err=True)
        raise typer.Exit(DIFFERENT)
    typer.echo("every score is what its events give")
