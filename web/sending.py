"""What `discoveries publish` does: check a directory, say what is found and left out, publish it, keep its token.

Speaks the same contract as the official client. The registry decides; this sends and prints.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from registry.ara.artifact import Artifact
from registry.ara.bindings import bind
from registry.ara.lint import check
from registry.ara.reading import read_artifact
from registry.ara.seal import seal
from registry.assessment import assess
from registry.errors import InvalidArtifact, InvalidInput
from registry.hosted import DEFAULT_TRAJECTORY
from web import ara_env
from web.ara_env import AraEnv, read_ara_env, write_ara_env
from web.collecting import Collection, collect
from web.hub_requests import Target, publish_artifact

_MOST_FINDINGS = 8


@dataclass(frozen=True, slots=True)
class Sending:
    """One publication as it was asked for. ``said`` is what the caller gave in place of what PAPER.md says."""

    directory: Path
    base: str
    bearer: str | None
    said: Mapping[str, object]
    trajectory: str | None
    include: frozenset[str]
    new: bool
    dry_run: bool
    as_json: bool


def send(sending: Sending) -> None:
    """Publish a directory and print what became of it.

    Raises InvalidInput or a kind of it for what cannot be published, RegistryRefused with the registry's reason,
    RegistryUnreachable.
    """
    target = Target(sending.base, sending.bearer)
    collection = collect(sending.directory, include=sending.include)
    env = AraEnv() if sending.new else _usable(read_ara_env(sending.directory), target)
    said = _said(collection.artifact, sending) | dict(sending.said)
    for line in (*_findings(collection.artifact), *_left_out(collection)):
        typer.echo(_safe(line), err=sending.as_json)
    if sending.dry_run:
        typer.echo(_plan(collection, env, target), err=sending.as_json)
        return
    answer = publish_artifact(target, said, collection.artifact, slug=env.slug, update_token=env.token)
    if update_token := answer.get("update_token"):
        _keep_token(sending.directory, answer, str(update_token), target)
    as_json = json.dumps(answer, indent=2, ensure_ascii=False)
    typer.echo(as_json if sending.as_json else _safe(_told(answer, sending.directory)))


def _usable(env: AraEnv, target: Target) -> AraEnv:
    """What .ara_env says, if it is about this registry. Raises InvalidInput: a token is sent to no other."""
    if env.github and not env.names_hosted:
        raise InvalidInput(f".ara_env says that this artifact lies in {env.github}; --new publishes a copy of its own.")
    if not env.names_hosted:
        return AraEnv()
    if not env.belongs_to(target.base):
        home = env.registry or env.url
        raise InvalidInput(
            f".ara_env says that this artifact is published at {home}, not at {target.base}. "
            "Name that registry with --to, or publish a copy of its own with --new."
        )
    return env


def _said(artifact: Artifact, sending: Sending) -> dict[str, Any]:
    """What PAPER.md says of the artifact, and the trajectory if there is one."""
    found = assess(artifact)
    said: dict[str, Any] = {
        "title": found.title or sending.directory.resolve().name,
        "authors": list(found.authors),
        "abstract": found.abstract,
        "domain": found.domain,
        "headline": "",
    }
    shown = sending.trajectory or DEFAULT_TRAJECTORY
    if shown in artifact.files:
        return said | {"trajectory": shown}
    if sending.trajectory is None and sending.bearer:
        return said
    hint = "" if sending.bearer else " Publishing without an account takes one; with a token it may be left out."
    raise InvalidInput(f"There is no {shown} in {sending.directory}: the page that shows the research.{hint}")


def _findings(artifact: Artifact) -> Iterator[str]:
    """The seal's and the linter's findings, the first of each with place and words, and where to see the rest."""
    read = read_artifact(artifact)
    sealed = seal(read, bind(read))
    yield f"Seal Level 1: {_verdict(sealed.failed_checks())}; without pictures: " + _verdict(
        sealed.failed_checks(pictures=False)
    )
    yield from _first([f"check {one.check}: {one.place}: {one.message}" for one in sealed.errors])
    try:
        lint = check(artifact)
    except InvalidArtifact as error:
        yield f"Linter: cannot start: {error}"
        return
    yield f"Linter: {len(lint.errors)} errors, {len(lint.warnings)} warnings, {len(lint.drifts)} fixable"
    yield from _first(
        [
            *(f"error: {one.file}:{one.line}: {one.message}" for one in lint.errors),
            *(f"{one.rule}: {one.place[0]}:{one.place[1]}: {one.message}" for one in lint.drifts),
            *(f"warning: {one.file}:{one.line}: {one.message}" for one in lint.warnings),
        ]
    )


def _verdict(failed: tuple[int, ...]) -> str:
    return f"fails checks {', '.join(map(str, failed))}" if failed else "passes"


def _first(lines: list[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:_MOST_FINDINGS])
    if len(lines) > _MOST_FINDINGS:
        yield f"  … and {len(lines) - _MOST_FINDINGS} more; `discoveries check DIR` lists all"


def _left_out(collection: Collection) -> Iterator[str]:
    told = [one for one in collection.left_out if one.path != ara_env.NAME]
    if told:
        yield "Left out (--include PATH takes one):"
    yield from (f"  {one.path} ({one.why})" for one in told)


def _plan(collection: Collection, env: AraEnv, target: Target) -> str:
    what = f"the next version of {env.slug}" if env.names_hosted else "a new artifact"
    artifact = collection.artifact
    return f"Would publish {what} at {target.base}: {len(artifact.files)} files, {artifact.size_bytes} bytes"


def _keep_token(directory: Path, answer: Mapping[str, Any], update_token: str, target: Target) -> None:
    """Keep the token, which is shown once; where it cannot be written, it is at least printed."""
    slug, url = str(answer["slug"]), str(answer.get("url", ""))
    try:
        write_ara_env(directory, slug=slug, token=update_token, url=url, registry=target.base)
    except OSError as error:
        typer.echo(f"The update token could not be written to .ara_env ({error}). Keep it: {update_token}", err=True)


def _told(answer: Mapping[str, Any], directory: Path) -> str:
    if answer.get("unchanged"):
        done = f"Unchanged: this is the content of version {answer['revision']}"
    else:
        done = f"Published {answer.get('id')} version {answer['revision']}"
    lines = [
        f"{done} ({answer['file_count']} files, {answer['total_bytes']} bytes)",
        f"  page    {answer['url']}",
        f"  shown   {answer['raw_url']}",
        f"  digest  {answer.get('digest')}",
    ]
    if "update_token" in answer:
        lines.append(f"  token   kept in {directory / '.ara_env'}; it cannot be recovered")
    return "\n".join(lines)


def _safe(text: str) -> str:
    """Text of an artifact or a server without control characters, which could steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
