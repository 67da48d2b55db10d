"""`discoveries token`: bearer tokens of identities, and new update tokens for hosted packages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from registry.standing import Scope
from web.commands.options import DataDir
from web.commands.registry_session import registry_session
from web.commands.tables import print_table

if TYPE_CHECKING:
    from registry.tokens import TokenSummary

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make, list and revoke tokens.")
_COMMAND = "discoveries token"


@app.command()
def make(
    handle: Annotated[str, typer.Argument(metavar="HANDLE", help="Whose token it is.")],
    *,
    scope: Annotated[
        list[Scope] | None, typer.Option("--scope", help="What it is for; repeatable [default: publish].")
    ] = None,
    label: Annotated[str, typer.Option("--label", help="A note for you, e.g. where it is used.")] = "",
    days: Annotated[int | None, typer.Option("--days", help="Days it stays valid [default: until revoked].")] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a bearer token. It is printed once, alone on standard output; only a hash of it is kept."""
    from registry.tokens import make_token

    with registry_session(data_dir, _COMMAND) as session:
        secret, made = make_token(session, handle, scopes=scope or [Scope.PUBLISH], label=label, days=days)
    typer.echo(secret)
    typer.echo(
        f"Token {made.id} of {made.identity} for {', '.join(made.scopes)}, valid {_until(made)}. "
        "It is shown this once: keep it, e.g. in DISCOVERIES_TOKEN.",
        err=True,
    )


@app.command("list")
def list_(
    handle: Annotated[
        str | None, typer.Argument(metavar="[HANDLE]", help="Whose tokens [default: everybody's].")
    ] = None,
    *,
    data_dir: DataDir = None,
) -> None:
    """List tokens, without their secrets."""
    from registry.tokens import list_tokens

    with registry_session(data_dir, _COMMAND) as session:
        found = list_tokens(session, handle)
    heads = ("id", "identity", "scopes", "state", "made", "expires", "last used", "label")
    print_table(heads, [_row(one) for one in found])


@app.command()
def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The token's id, as `token list` shows it.")],
    *,
    data_dir: DataDir = None,
) -> None:
    """Revoke a token at once and for good."""
    from registry.tokens import revoke_token

    with registry_session(data_dir, _COMMAND) as session:
        ended = revoke_token(session, id_)
    typer.echo(f"Token {ended.id} of {ended.identity} is revoked.")


@app.command()
def rotate(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="Slug of a hosted package.")],
    *,
    data_dir: DataDir = None,
) -> None:
    """Give a hosted package a new update token, for a publisher who lost it. The old one is void."""
    from registry import hosted

    with registry_session(data_dir, _COMMAND) as session:
        package_id = hosted.hosted_id(slug.removeprefix("hosted:"))
        hosted.read_revision(session, package_id)
        secret = hosted.rotate_update_token(session, package_id)
    typer.echo(secret)


def _until(token: TokenSummary) -> str:
    return "until it is revoked" if token.expires_at is None else f"until {token.expires_at:%Y-%m-%d}"


def _row(token: TokenSummary) -> tuple[str, ...]:
    return (
        token.id,
        token.identity,
        ",".join(token.scopes),
        token.state,
        _day(token.created_at),
        _day(token.expires_at),
        token.last_used_on.isoformat() if token.last_used_on else "",
        token.label,
    )


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
