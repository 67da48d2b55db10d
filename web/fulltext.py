"""One paper's full text: its licence looked up, its source fetched, unpacked, compiled in the sandbox, published.

    registry.paper_store -> importers.arxiv_oai (licence) -> importers.eprint_fetch -> importers.arxiv_source
        -> importers.compiler.sandbox -> web.full_renditions

Which papers are worth it is the policy's choice (`registry.fulltext`); what of a compiled text is served is decided
where it is read, by the licence of that version.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

from importers.arxiv_oai import OaiHarvest
from importers.arxiv_source import unpack_eprint
from importers.compiler.assisted import compile_assisted
from importers.compiler.fulltext import FullCompilation
from importers.compiler.illustration import Pictures
from importers.compiler.model_client import endpoint_of
from importers.compiler.sandbox import compile_bounded
from importers.eprint_fetch import EprintFetch
from registry.database import transaction
from registry.errors import InvalidArtifact, PackageNotFound, SourceMissing, SourceUnavailable
from registry.fulltext import (
    AttemptState,
    choose,
    note_begun,
    note_ended,
    note_queued,
    read_attempt,
    read_policy,
)
from registry.job_log import queue_depths
from registry.jobs import FULL_TEXT, PERSON, Work, enqueue, job_app
from registry.licences import Terms, read_licence
from registry.merge import license_of
from registry.model_answers import AnswerTable
from registry.paper_store import read_merged
from registry.papers import ArxivPaper
from registry.stopping import Interrupted
from web.asking import asking
from web.full_renditions import ChangedMeanwhile, publish_full
from web.opening import OpenRegistry

FULLTEXT_QUEUE = "fulltext"
FULLTEXT_TASK = "compile-fulltext"
# So many papers wait at a time: the policy, attention and licences may change while the rest is still unchosen.
_MOST_WAITING = 50

Publish = Callable[[OpenRegistry, ArxivPaper, FullCompilation], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one paper, and the sentence for people."""

    state: AttemptState
    sentence: str
    level: str | None = None


def fulltext_work(arxiv_id: str, *, asked_by_person: bool = False) -> Work:
    """What compiling one paper's full text asks of a worker. A person's wish overrules the policy and earlier ends."""
    return Work(
        task=FULLTEXT_TASK,
        queue=FULLTEXT_QUEUE,
        key=f"fulltext:{arxiv_id}",
        arguments={"arxiv_id": arxiv_id, "again": asked_by_person},
        priority=PERSON if asked_by_person else FULL_TEXT,
    )


def enqueue_by_policy(registry: OpenRegistry) -> int:
    """Queue what the policy wants, up to the bound; returns how many papers were added."""
    app = job_app(registry.url)
    with transaction(registry.engine) as session:
        waiting = sum(depth.waiting for depth in queue_depths(session) if depth.kind == FULLTEXT_TASK)
        wanted = choose(session, read_policy(session, registry.settings), limit=_MOST_WAITING - waiting)
        for arxiv_id, version in wanted:
            job_id, _ = enqueue(session, app, fulltext_work(arxiv_id))
            note_queued(session, arxiv_id, version, job_id)
    return len(wanted)


def compile_fulltext(
    registry: OpenRegistry,
    arxiv_id: str,
    stop: Event,
    *,
    again: bool = False,
    publish: Publish | None = None,
) -> Outcome:
    """Bring one paper's full text in. ``again`` (a person's wish) tries whatever came of it before, any licence.

    What ends for good is an outcome, kept with the attempt. What may pass is raised: SourceUnavailable, Interrupted,
    DatabaseUnavailable. Raises PackageNotFound for a paper that is not here.
    """
    paper = _read(registry, arxiv_id)
    if not again and (here := _here_already(registry, paper)) is not None:
        return here
    paper = _with_licence(registry, paper, stop, insist=not again)
    if not again and (here := _here_already(registry, paper)) is not None:
        return here
    version = paper.version or 0
    with transaction(registry.engine) as session:
        note_begun(session, arxiv_id, version)
        open_only = read_policy(session, registry.settings).open_only and not again
    try:
        outcome = _try(registry, paper, stop, open_only=open_only, publish=publish or publish_full)
    except (SourceUnavailable, Interrupted) as error:
        _note(registry, paper, Outcome(AttemptState.QUEUED, str(error)))
        raise
    except ChangedMeanwhile as changed:
        _note(registry, paper, Outcome(AttemptState.FAILED, f"{changed}; it is compiled as it is now."))
        return compile_fulltext(registry, arxiv_id, stop, again=again, publish=publish)
    _note(registry, paper, outcome)
    return outcome


def _here_already(registry: OpenRegistry, paper: ArxivPaper) -> Outcome | None:
    with transaction(registry.engine) as session:
        before = read_attempt(session, paper.arxiv_id, paper.version or 0)
    if before is None or before.state is not AttemptState.DONE:
        return None
    return Outcome(before.state, f"The full text of {_name(paper)} is here already.", before.level)


def _note(registry: OpenRegistry, paper: ArxivPaper, outcome: Outcome) -> None:
    reason = None if outcome.state is AttemptState.DONE else outcome.sentence
    with transaction(registry.engine) as session:
        note_ended(session, paper.arxiv_id, paper.version or 0, outcome.state, reason=reason, level=outcome.level)


def _read(registry: OpenRegistry, arxiv_id: str) -> ArxivPaper:
    with transaction(registry.engine) as session:
        found = read_merged(session, [arxiv_id]).get(arxiv_id)
    if found is None:
        raise PackageNotFound(f"arxiv:{arxiv_id} is not in this registry; import its metadata first")
    return found.paper


def _licence(paper: ArxivPaper) -> str | None:
    """The licence of exactly the version that would be compiled; another version's says nothing of it."""
    return license_of(paper, paper.version) if paper.version else paper.license


def _with_licence(registry: OpenRegistry, paper: ArxivPaper, stop: Event, *, insist: bool) -> ArxivPaper:
    """The paper, its version's licence looked up and kept where it was unknown: arXiv's query API gives none.

    The whole record is taken in, as any other: it may bring a newer version. Where nobody insists, an unknown licence
    stays unknown when it cannot be asked for; nothing but metadata is served under it.
    """
    if _licence(paper) is not None:
        return paper
    settings = registry.settings
    with (
        suppress(*() if insist else (SourceUnavailable,)),
        OaiHarvest(
            settings.arxiv_oai_url,
            **asking(registry, settings.arxiv_oai_url, sleep=stop.wait),
        ) as service,
    ):
        found = service.record(paper.arxiv_id)
        if found is not None and isinstance(found.content, ArxivPaper):
            registry.pipeline().take_in([found.content])
    return _read(registry, paper.arxiv_id)


def _try(registry: OpenRegistry, paper: ArxivPaper, stop: Event, *, open_only: bool, publish: Publish) -> Outcome:
    name = _name(paper)
    licence = read_licence(_licence(paper))
    if open_only and licence.terms is not Terms.OPEN:
        reason = f"its licence ({licence.name}) is not open, and the policy takes open ones only"
        return Outcome(AttemptState.REFUSED, f"{name} is left at its metadata: {reason}.")
    try:
        compiled = _compile(registry, paper, stop)
    except SourceMissing as error:
        return Outcome(AttemptState.FAILED, f"{name}: {error}.")
    except InvalidArtifact as error:
        return Outcome(AttemptState.FAILED, f"{name} cannot be compiled: {error}.")
    try:
        publish(registry, paper, compiled)
    except InvalidArtifact as error:
        return Outcome(AttemptState.FAILED, f"{name}: {error}.")
    claims = len(compiled.claims)
    sentence = f"{name}: full text compiled ({compiled.level}, {claims} {'claim' if claims == 1 else 'claims'})."
    return Outcome(AttemptState.DONE, sentence, compiled.level)


def _name(paper: ArxivPaper) -> str:
    return f"arxiv:{paper.arxiv_id}{f'v{paper.version}' if paper.version else ''}"


def _compile(registry: OpenRegistry, paper: ArxivPaper, stop: Event) -> FullCompilation:
    settings = registry.settings
    with EprintFetch(
        settings.arxiv_source_url,
        **asking(registry, settings.arxiv_source_url, sleep=stop.wait),
    ) as service:
        content = service.source(paper.arxiv_id, paper.version)
    eprint = unpack_eprint(content, name=paper.arxiv_id.replace("/", "-"))
    if (model := endpoint_of(settings)) is not None:
        compiled, _ = compile_assisted(
            paper, eprint, model, pictures=Pictures.FIGURES, answers=AnswerTable(registry.engine)
        )
    else:
        compiled = compile_bounded(paper, eprint, pictures=Pictures.FIGURES)
    if compiled.level == "metadata":
        raise InvalidArtifact("; ".join(compiled.notes) or "nothing beyond its metadata could be read")
    return compiled
