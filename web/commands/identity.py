"""`discoveries identity`: who may publish and report under a name, and how far the operator vouches for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from registry.standing import Tier
from web.commands.options import DataDir
from web.commands.registry_session import registry_session
from web.commands.tables import print_table

if TYPE_CHECKING:
    from registry.identities import Identity

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Administer identities and their tiers.")
Handle = Annotated[str, typer.Argument(metavar="HANDLE", help="The identity's handle, e.g. ada-lovelace.")]
_COMMAND = "discoveries identity"
_HEADS = ("handle", "name", "tier", "packages", "since")


@app.command()
def add(
    handle: Handle,
    *,
    name: Annotated[str, typer.Option("--name", help="Name as it is shown [default: the handle].")] = "",
    tier: Annotated[Tier, typer.Option("--tier", help="How far you vouch for them.")] = Tier.REGISTERED,
    data_dir: DataDir = None,
) -> None:
    """Add an identity. `discoveries token make` then gives it a token."""
    from registry.identities import add_identity

    with registry_session(data_dir, _COMMAND) as session:
        added = add_identity(session, handle, name=name, tier=tier)
    typer.echo(f"{added.handle} ({added.tier}) is added; `discoveries token make {added.handle}` makes a token for it.")


@app.command("list")
def list_(
    *,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="List those of anonymous packages too.")] = False,
    data_dir: DataDir = None,
) -> None:
    """List identities."""
    from registry.identities import list_identities

    with registry_session(data_dir, _COMMAND) as session:
        found = list_identities(session, anonymous=anonymous)
    print_table(_HEADS, [_row(one) for one in found])


@app.command()
def show(handle: Handle, *, data_dir: DataDir = None) -> None:
    """Show one identity and its tokens."""
    from registry.identities import read_identity
    from registry.tokens import list_tokens

    with registry_session(data_dir, _COMMAND) as session:
        found = read_identity(session, handle)
        tokens = list_tokens(session, handle)
    print_table(_HEADS, [_row(found)])
    for token in tokens:
        typer.echo(f"  token {token.id} ({', '.join(token.scopes)}) {token.state} {token.label}".rstrip())


@app.command()
def tier(
    handle: Handle, tier: Annotated[Tier, typer.Argument(help="The tier from now on.")], *, data_dir: DataDir = None
) -> None:
    """Put an identity on another tier; what it reported counts accordingly at once."""
    from ranking.run import rescore_reported_by
    from registry.identities import set_tier

    with registry_session(data_dir, _COMMAND) as session:
        changed = set_tier(session, handle, tier)
        rescore_reported_by(session, handle)
    typer.echo(f"{changed.handle} is {changed.tier} now.")


@app.command()
def author(
    handle: Handle,
    package: Annotated[str, typer.Argument(metavar="PACKAGE", help="Its id, e.g. arxiv:2205.14135.")],
    *,
    data_dir: DataDir = None,
) -> None:
    """Confirm that an identity is an author of a package: what it reports or reads there counts nothing.

    Until then an identity is taken for an author by its name alone.
    """
    from ranking.run import rescore
    from registry.hosted import confirm_author
    from registry.identifiers import parse_package_id

    with registry_session(data_dir, _COMMAND) as session:
        package_id = parse_package_id(package)
        confirm_author(session, package_id, handle)
        rescore(session, [str(package_id)])
    typer.echo(f"{handle} is an author of {package_id}.")


def _row(identity: Identity) -> tuple[str, ...]:
    return (
        identity.handle,
        identity.name,
        str(identity.tier),
        str(identity.packages),
        f"{identity.created_at:%Y-%m-%d}",
    )
