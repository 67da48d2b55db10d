"""Publishing into the namespace ``hosted``, and withdrawing from any: the straight line for what people send.

    submission -> registry.assessment.assess -> registry.bundles.store -> registry.packages.publish
               -> registry.hosted (what was said, whose it is) -> ranking.run.rescore

The bytes are durable before any row names them, and all rows are one transaction: a process that dies leaves an orphan
pack at worst. Changes of one package wait for each other on its row. HTTP is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from ranking.run import rescore
from registry import hosted, withdrawal
from registry.ara.archives import read_archive
from registry.assessment import Assessment, assess, domain_words
from registry.bundles import BundleStore, StoredBundle
from registry.categories import category_name
from registry.clients import Client, check_allowance, client_key, count_submission, identify, note_identity
from registry.database import transaction
from registry.errors import InvalidSubmission, Withdrawn
from registry.hosted import DEFAULT_TRAJECTORY, HostedRevision, Statement, Submission, hosted_id
from registry.identifiers import HOSTED_NAMESPACE, PackageId
from registry.identities import add_anonymous
from registry.packages import CurrentVersion, Listing, NewVersion, publish, read_current
from registry.pointers import RepositoryPointer, record_pointer
from registry.standing import Scope
from registry.tag_sources import NO_SOURCE, TagSource, read_tag_sources, write_tag_source
from registry.tags import Tag, Vocabulary, derive_tags, vocabulary_in_force
from registry.tokens import Caller, authenticate
from web.pipeline import tag_input, tag_reason
from web.repository_pointers import check_readable

LEVEL = "published"
SUBMISSIONS = "submissions"
REVISIONS = "revisions"
POINTERS = "registrations"
_REVISIONS_A_SUBMISSION = 10


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brought to say who it comes from. ``address`` is never stored."""

    address: str
    bearer: str | None = None
    update_token: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may go on: the holder of a bearer token, or an anonymous client with places left today."""

    credentials: Credentials
    caller: Caller | None
    client: Client


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a publication. ``update_token`` is there when the package is new, and nowhere else afterwards."""

    revision: HostedRevision
    assessment: Assessment
    shown_file: str
    made_version: bool
    update_token: str | None = None


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A submission with all that takes time done: read, checked, tagged, its bytes durable."""

    statement: Statement
    assessment: Assessment
    bundle: StoredBundle
    description: _Description


@dataclass(frozen=True, slots=True)
class _Description:
    """What a reader finds a package by."""

    categories: tuple[str, ...]
    stated: TagSource


class Publisher:
    """Publishes and withdraws. Holds no state of its own; safe to use from several threads."""

    def __init__(
        self,
        engine: Engine,
        store: BundleStore,
        *,
        data_dir: Path,
        daily_submissions: int,
        tags_file: Path | None = None,
    ) -> None:
        self._engine = engine
        self._store = store
        self._data_dir = data_dir
        self._tags_file = tags_file
        self._limits = {
            SUBMISSIONS: daily_submissions,
            REVISIONS: daily_submissions * _REVISIONS_A_SUBMISSION,
            POINTERS: daily_submissions,
        }

    @property
    def _vocabulary(self) -> Vocabulary:
        return vocabulary_in_force(self._tags_file)

    @cached_property
    def _client_key(self) -> bytes:
        return client_key(self._data_dir)

    def admit(self, credentials: Credentials, slug: str | None = None) -> Admission:
        """Find out, before a body is read, whether a publication could succeed; with ``slug``, one that replaces.

        Raises Unauthenticated, Forbidden, PackageNotFound, Withdrawn or TooManySubmissions.
        """
        with transaction(self._engine) as session:
            caller = authenticated(session, credentials)
            client = identify(session, self._client_key, credentials.address)
            if slug is not None:
                hosted.authorise(session, hosted_id(slug), update_token=credentials.update_token, caller=caller)
            if caller is None:
                kind = SUBMISSIONS if slug is None else REVISIONS
                check_allowance(session, client, kind=kind, limit=self._limits[kind])
        return Admission(credentials, caller, client)

    def create(self, submission: Submission, admission: Admission) -> Published:
        """Publish a new hosted package.

        Raises InvalidSubmission or InvalidArtifact for what cannot be published, TooManySubmissions.
        """
        prepared = self._prepare(submission, admission)
        with transaction(self._engine) as session:
            self._count(session, admission, SUBMISSIONS)
            package_id, update_token = hosted.reserve_slug(session)
            owner = admission.caller.identity if admission.caller else add_anonymous(session, package_id.name)
            self._write(session, package_id, prepared, current=None, owner=owner)
            note_identity(session, admission.client, owner)
            revision = hosted.read_revision(session, package_id)
        shown = hosted.shown_file(prepared.statement, submission.artifact.files)
        return Published(revision, prepared.assessment, shown, made_version=True, update_token=update_token)

    def replace(self, slug: str, submission: Submission, admission: Admission) -> Published:
        """Publish the next version of a hosted package, or none if the content is that of the shown one.

        Raises as `create`, and Withdrawn for content that was withdrawn from this package before.
        """
        package_id = hosted_id(slug)
        prepared = self._prepare(submission, admission)
        with transaction(self._engine) as session:
            credentials = admission.credentials
            hosted.authorise(
                session, package_id, update_token=credentials.update_token, caller=admission.caller
            )  # again, and this time holding the row until the end
            current = read_current(session, [str(package_id)])[str(package_id)]
            made = current.would_change(prepared.bundle.digest)
            if made:
                self._count(session, admission, REVISIONS)
            elif prepared.bundle.digest != current.digest:
                raise Withdrawn(
                    f"This very content was withdrawn from {package_id}; it cannot be published there again."
                )
            self._write(session, package_id, prepared, current=current)
            revision = hosted.read_revision(session, package_id)
            if revision.owner is not None:
                note_identity(session, admission.client, revision.owner)
        shown = hosted.shown_file(prepared.statement, submission.artifact.files)
        return Published(revision, prepared.assessment, shown, made_version=made)

    def rotate(self, slug: str, credentials: Credentials) -> str:
        """A new update token for a hosted package; the old one is void at once. Raises as `admit`."""
        package_id = hosted_id(slug)
        with transaction(self._engine) as session:
            caller = authenticated(session, credentials)
            hosted.authorise(session, package_id, update_token=credentials.update_token, caller=caller)
            return hosted.rotate_update_token(session, package_id)

    def withdraw_hosted(self, slug: str, credentials: Credentials, reason: str) -> None:
        """Withdraw a hosted package for who may change it. Raises as `admit`, InvalidInput for an unusable reason."""
        package_id = hosted_id(slug)
        with transaction(self._engine) as session:
            caller = authenticated(session, credentials)
            hosted.authorise(session, package_id, update_token=credentials.update_token, caller=caller)
            withdrawal.withdraw_package(session, package_id, reason)

    def register(self, pointer: RepositoryPointer, credentials: Credentials, raw_url: str) -> None:
        """Keep a pointer to an ARA in a repository, once it could be read there.

        Raises TooManySubmissions, and what `web.repository_pointers.check_readable` raises.
        """
        with transaction(self._engine) as session:
            client = identify(session, self._client_key, credentials.address)
            check_allowance(session, client, kind=POINTERS, limit=self._limits[POINTERS])
        check_readable(pointer, raw_url)
        with transaction(self._engine) as session:
            count_submission(session, client, kind=POINTERS, limit=self._limits[POINTERS])
            record_pointer(session, pointer)

    def withdraw(self, package_id: PackageId, number: int | None, reason: str) -> int | None:
        """Withdraw a package, or one version of it, in the operator's name.

        Returns the number of the version that is shown from now on; None if the package is gone as a whole. Raises
        PackageNotFound, Withdrawn if it was before, InvalidInput for an unusable reason.
        """
        with transaction(self._engine) as session:
            if number is None:
                withdrawal.withdraw_package(session, package_id, reason)
                return None
            shown = withdrawal.withdraw_version(session, package_id, number, reason)
            if shown is not None:
                self._show_again(session, package_id)
        return shown

    def _prepare(self, submission: Submission, admission: Admission) -> _Prepared:
        """Everything that takes time, before the transaction that holds a row."""
        assessment = assess(submission.artifact)
        statement = _completed(submission, assessment, trusted=admission.caller is not None)
        description = self._describe(statement, assessment)
        [bundle] = self._store.store([submission.artifact])
        return _Prepared(statement, assessment, bundle, description)

    def _count(self, session: Session, admission: Admission, kind: str) -> None:
        """An anonymous client has so many places a day; the holder of a token is known, and has no limit."""
        if admission.caller is None:
            count_submission(session, admission.client, kind=kind, limit=self._limits[kind])

    def _write(
        self,
        session: Session,
        package_id: PackageId,
        prepared: _Prepared,
        *,
        current: CurrentVersion | None,
        owner: str | None = None,
    ) -> None:
        """The version, the feed's row, what was said, whose it is, the score. Unchanged content makes no version."""
        id_ = str(package_id)
        known = {id_: current} if current else {}
        unchanged = current is not None and current.digest == prepared.bundle.digest
        moment = hosted.read_revision(session, package_id).published_at if unchanged else datetime.now(UTC)
        versions = {} if unchanged else {id_: _new_version(prepared, moment)}
        listing = self._listing(session, package_id, prepared.statement, prepared.description, moment)
        publish(session, [listing], versions, known)
        _keep_stated(session, package_id, prepared.description)
        shown = read_current(session, [id_])[id_]
        hosted.write_statement(session, package_id, shown.number, prepared.statement)
        if owner is not None:
            hosted.set_owner(session, package_id, owner)
        rescore(session, [id_])

    def _show_again(self, session: Session, package_id: PackageId) -> None:
        """After a newer version went: list the package as the remaining version's publisher described it."""
        if package_id.namespace == HOSTED_NAMESPACE:
            revision = hosted.read_revision(session, package_id)
            assessment = assess(read_archive(self._store.read(revision.bundle), unwrap=False))
            description = self._describe(revision.statement, assessment)
            listing = self._listing(session, package_id, revision.statement, description, revision.published_at)
            publish(session, [listing], {}, read_current(session, [str(package_id)]))
            _keep_stated(session, package_id, description)
        rescore(session, [str(package_id)])

    def _describe(self, statement: Statement, assessment: Assessment) -> _Description:
        """Categories, and what tags stand on. A domain that is an arXiv category (cs.LG, not "physics") is one."""
        domain = statement.domain or assessment.domain
        categories = (domain,) if "." in domain and category_name(domain) else ()
        stated = TagSource((*assessment.keywords, *self._known_words(domain)), assessment.ai_generated)
        return _Description(categories, stated)

    def _listing(
        self,
        session: Session,
        package_id: PackageId,
        statement: Statement,
        description: _Description,
        moment: datetime,
    ) -> Listing:
        """The feed's row, its owner's choices of tags included."""
        chosen = read_tag_sources(session, [str(package_id)]).get(str(package_id), NO_SOURCE)
        source = replace(description.stated, added=chosen.added, removed=chosen.removed)
        given = tag_input(statement.title, statement.abstract, description.categories, source, arxiv_import=False)
        return _listing(package_id, statement, description.categories, derive_tags(given, self._vocabulary), moment)

    def _known_words(self, domain: str | None) -> Sequence[str]:
        """The fields a domain names that are tags of the vocabulary; the rest is prose, not a tag of its own."""
        return [words for words in domain_words(domain) if self._vocabulary.normalise(words)]


def authenticated(session: Session, credentials: Credentials) -> Caller | None:
    """Who the bearer token speaks for; None without one. A token that is given must be valid."""
    return None if credentials.bearer is None else authenticate(session, credentials.bearer, Scope.PUBLISH)


def _completed(submission: Submission, assessment: Assessment, *, trusted: bool) -> Statement:
    """The statement with what PAPER.md says where the publisher said nothing.

    Raises InvalidSubmission without any title, or from an anonymous publisher without a trajectory.
    """
    said = submission.statement
    title = said.title or assessment.title
    if not title:
        raise InvalidSubmission("The artifact has no title; give `title`, or one in the front matter of PAPER.md.")
    trajectory = said.trajectory
    if trajectory is None:
        if not trusted:
            raise InvalidSubmission(
                "The bundle names no trajectory: the page that shows the research, by default trajectory.html."
            )
        trajectory = DEFAULT_TRAJECTORY if DEFAULT_TRAJECTORY in submission.artifact.files else None
    return replace(
        said,
        title=title,
        abstract=said.abstract or assessment.abstract or None,
        authors=said.authors or assessment.authors,
        domain=said.domain or assessment.domain or None,
        trajectory=trajectory,
    )


def _new_version(prepared: _Prepared, moment: datetime) -> NewVersion:
    return NewVersion(
        bundle=prepared.bundle,
        input_digest=None,
        source_version=None,
        level=LEVEL,
        compiler=None,
        source_date=moment,
        claims=prepared.assessment.claims,
        seal=prepared.assessment.seal,
        grounding=prepared.assessment.grounding,
        depends=prepared.assessment.depends,
        concepts=prepared.assessment.concepts,
    )


def _keep_stated(session: Session, package_id: PackageId, description: _Description) -> None:
    stated = description.stated
    write_tag_source(session, str(package_id), keywords=stated.keywords, ai_generated=stated.ai_generated)


def _listing(
    package_id: PackageId, statement: Statement, categories: tuple[str, ...], tags: Sequence[Tag], moment: datetime
) -> Listing:
    return Listing(
        id=package_id,
        title=statement.title,
        abstract=statement.abstract,
        authors=statement.authors,
        primary_category=next(iter(categories), None),
        categories=categories,
        tags=tuple(tag.name for tag in tags),
        tag_reasons=tuple(tag_reason(tag) for tag in tags),
        updated_at=moment,
        sorted_at=moment,
    )
