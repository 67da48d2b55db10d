"""`discoveries search`, `reindex`, `doctor`, `retag`: packages by words; index and tags anew. Prints; no SQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from registry.feed import MAX_LIMIT
from registry.settings import load_settings
from web.commands.options import DataDir

if TYPE_CHECKING:
    from registry.search.comparison import Comparison
    from registry.search.examination import TextExamination

_TITLE_CHARACTERS = 90


def search(
    words: Annotated[
        list[str] | None, typer.Argument(help='Words, "phrases", author:, tag:, category:, year:, or an id.')
    ] = None,
    *,
    category: Annotated[
        list[str] | None, typer.Option("--category", help="Listed in this category; repeatable.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="With this tag; repeatable.")] = None,
    without_category: Annotated[list[str] | None, typer.Option("--without-category", help="Not listed there.")] = None,
    without_tag: Annotated[list[str] | None, typer.Option("--without-tag", help="Without this tag.")] = None,
    year: Annotated[str | None, typer.Option("--year", help="2022, 2020-2023, 2020.. or ..2019.")] = None,
    licence: Annotated[list[str] | None, typer.Option("--licence", help="cc-by, cc0, arxiv, …; any of them.")] = None,
    namespace: Annotated[list[str] | None, typer.Option("--namespace", help="arxiv or hosted.")] = None,
    reproduced: Annotated[
        bool | None, typer.Option("--reproduced/--not-reproduced", help="Somebody else reproduced a claim, or nobody.")
    ] = None,
    sort: Annotated[
        str, typer.Option("--sort", help="relevance, or an order of the feed: attention, newest, …")
    ] = "relevance",
    cursor: Annotated[str | None, typer.Option("--cursor", help="Go on after the page that gave this.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many packages to show.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print what /api/v1/search answers.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Find packages by title, authors, abstract, claims or tags. Slips of the keyboard are mended.

    Put words that begin with - after `--`.
    """
    from registry.database import transaction
    from registry.search.engines import make_engines
    from web.api_search_models import SearchAnswer
    from web.feed_filters import read_filters, search_order, with_order
    from web.opening import opened
    from web.searching import read_search
    from web.typeset import plain

    named = {"category": category, "tag": tag, "-category": without_category, "-tag": without_tag}
    named |= {"licence": licence, "namespace": namespace, "year": [year] if year else None}
    named |= {"reproduced": None if reproduced is None else ["yes" if reproduced else "no"]}
    pairs = [(name, value) for name, values in named.items() for value in values or ()]
    query = with_order(
        read_filters([*pairs, ("q", " ".join(words or ()))], limit=limit, cursor=cursor), [("sort", sort)]
    )
    settings = load_settings({"data_dir": data_dir}).settings
    with opened(settings, command="discoveries search") as registry, transaction(registry.engine) as session:
        page = read_search(session, make_engines(settings), query, search_order(query))
    if as_json:
        typer.echo(json.dumps(SearchAnswer.of(page).model_dump(mode="json"), indent=2, ensure_ascii=False))
        return
    for typed, read in page.read_as:
        typer.echo(f"{typed}: read as {read}")
    if page.relaxed:
        typer.echo("nothing has all of these words; what has most of them:")
    for hit in page.hits:
        title = "".join(char if char.isprintable() else " " for char in plain(hit.item.title))
        typer.echo(f"{hit.item.id:<22} {title[:_TITLE_CHARACTERS]}")
    typer.echo(f"{page.total:,} found" if page.total else "nothing found")
    if page.next_cursor is not None:
        typer.echo(f"more with --cursor {page.next_cursor}")
    if page.fallback is not None:
        typer.echo(f"searched with Postgres: {page.fallback}", err=True)


def reindex(data_dir: DataDir = None) -> None:
    """Write the search index of all packages anew from their rows. Searches go on meanwhile; imports wait a batch.

    Where Meilisearch is configured, its index is built anew beside the live one too, and put in its place when done.
    """
    from registry.database import transaction
    from registry.search.indexing import count_words, rebuild
    from registry.search.mirror import make_mirror
    from web.opening import opened

    settings = load_settings({"data_dir": data_dir}).settings
    done = 0
    with opened(settings, command="discoveries reindex") as registry:
        for done in rebuild(registry.engine):
            _count(done)
        with transaction(registry.engine) as session:
            count_words(session)
        typer.echo(f"\r{done:,} packages indexed in Postgres", err=True)
        if settings.meili_url is not None:
            held = make_mirror(registry.engine, settings.meili_url, settings.meili_key).rebuild(_count)
            typer.echo(f"\r{held:,} packages indexed in Meilisearch", err=True)


def doctor(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what differs and mend nothing.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Hold the search index against the packages, and mend what differs: counts and digests of all of them.

    Postgres's own index always; Meilisearch's where one is configured. Exit status 1 if something differs still.
    """
    from registry.search.examination import examine
    from registry.search.mirror import make_mirror
    from web.opening import opened

    settings = load_settings({"data_dir": data_dir}).settings
    sound = True
    with opened(settings, command="discoveries doctor") as registry:
        text = examine(registry.engine, repair=not dry_run)
        typer.echo(f"Postgres: {text.packages:,} packages, {text.texts:,} indexed: {_verdict(text, dry_run)}")
        sound = text.in_step or not dry_run
        if settings.meili_url is not None:
            mirror = make_mirror(registry.engine, settings.meili_url, settings.meili_key)
            found = mirror.examine(repair=not dry_run)
            head = f"Meilisearch: {found.packages:,} packages, {found.documents:,} documents"
            typer.echo(f"{head}: {_verdict(found, dry_run)}")
            sound &= found.in_step or (not dry_run and mirror.examine(repair=False).in_step)
    if not sound:
        raise typer.Exit(1)


def _verdict(found: Comparison | TextExamination, dry_run: bool) -> str:
    if found.in_step:
        return "in step"
    counts = {"missing": found.missing, "stale": found.stale, "left over": found.left_over}
    differing = ", ".join(f"{len(ids):,} {how}" for how, ids in counts.items() if ids) or "documents of others"
    return differing if dry_run else f"{differing}; mended"


def _count(done: int) -> None:
    typer.echo(f"\r{done:,} packages", nl=False, err=True)


def retag(data_dir: DataDir = None) -> None:
    """Derive the tags of all packages anew under the vocabulary in force, `tags_file` included, now.

    A running registry does so by itself when the vocabulary changes. Touches packages whose tags change; no bundle.
    """
    from registry.tags import vocabulary_in_force
    from web.opening import opened
    from web.retagging import Retagged
    from web.retagging import retag as derive_anew

    settings = load_settings({"data_dir": data_dir}).settings
    so_far = Retagged(0, 0)
    with opened(settings, command="discoveries retag") as registry:
        for so_far in derive_anew(registry.engine, vocabulary_in_force(settings.tags_file), anew=True):
            typer.echo(f"\r{so_far.seen:,} packages", nl=False, err=True)
    typer.echo(f"\r{so_far.seen:,} packages looked at, {so_far.changed:,} tagged anew", err=True)
