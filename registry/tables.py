"""Every table. Rows are written and read by this room only and never leave it.

A paper is what arXiv says; a package is what we serve; a package's versions are immutable and name their bundle
by digest. What changes without a new version (tags, attention, withdrawal) stands on the package row, which is
also the feed's row, so that a page of the feed is one index walk.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlmodel import Field, MetaData, SQLModel

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_Moment = DateTime(timezone=True)
_NullableJson = JSONB(none_as_null=True)


class Row(SQLModel):
    """Shared metadata of every table."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class PaperRow(Row, table=True):
    """The merged record of one arXiv paper; ``precedence`` says which record each field's value came from."""

    __tablename__ = "paper"

    arxiv_id: str = Field(primary_key=True, sa_type=Text)
    title: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    abstract: str | None = Field(default=None, sa_type=Text)
    authors: list[str] = Field(sa_type=JSONB)
    primary_category: str | None = Field(default=None, sa_type=Text)
    categories: list[str] = Field(sa_type=ARRAY(Text))
    version: int | None = Field(default=None)
    submitted_at: datetime | None = Field(default=None, sa_type=_Moment)
    updated_at: datetime | None = Field(default=None, sa_type=_Moment)
    metadata_date: date | None = Field(default=None)
    license: str | None = Field(default=None, sa_type=Text)
    comment: str | None = Field(default=None, sa_type=Text)
    journal_ref: str | None = Field(default=None, sa_type=Text)
    doi: str | None = Field(default=None, sa_type=Text)
    versions: list[dict[str, Any]] = Field(sa_type=JSONB)
    precedence: dict[str, Any] = Field(sa_type=JSONB)


class BundleRow(Row, table=True):
    """Where the bytes of one artifact lie: a member (``start_byte``, ``length_bytes``) of a content-addressed pack."""

    __tablename__ = "bundle"

    digest: str = Field(primary_key=True, sa_type=Text)
    pack: str = Field(sa_type=Text)
    start_byte: int = Field(sa_type=BigInteger)
    length_bytes: int = Field(sa_type=BigInteger)
    archive_sha256: str = Field(sa_type=Text)
    size_bytes: int = Field(sa_type=BigInteger)
    file_count: int


class IdentityRow(Row, table=True):
    """Someone who publishes or reports; ``id`` is the handle. Each anonymous package has an identity of its own."""

    __tablename__ = "identity"
    __table_args__ = (CheckConstraint("tier IN ('unverified', 'registered', 'verified')", name="tier"),)

    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    tier: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=_Moment)


class TokenRow(Row, table=True):
    """A bearer token of an identity: ``id`` is its public part, of the secret part only a hash is kept."""

    __tablename__ = "token"
    __table_args__ = (
        ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        Index("ix_token_identity_id", "identity_id"),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    identity_id: str = Field(sa_type=Text)
    secret_sha256: str = Field(sa_type=Text)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    label: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=_Moment)
    expires_at: datetime | None = Field(default=None, sa_type=_Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=_Moment)
    last_used_on: date | None = Field(default=None)


class PackageRow(Row, table=True):
    """A package as the feed shows it. ``attention_milli`` is thousandths; ``sorted_at`` orders equals, newest first.

    ``version`` is the newest version that is not withdrawn, or the last one where the whole package is.
    ``withdrawn_source_version`` is the arXiv version that withdraws the paper (earlier ones stay readable), 0 where
    arXiv deleted its record, None where the withdrawal is not arXiv's.
    """

    __tablename__ = "package"
    __table_args__ = (
        UniqueConstraint("namespace", "name"),
        ForeignKeyConstraint(["owner_id"], ["identity.id"]),
        CheckConstraint("id = namespace || ':' || name", name="id_is_namespace_and_name"),
        CheckConstraint("claims >= 0 AND attention_milli >= 0 AND version >= 1", name="counts"),
        Index("ix_package_feed", text("attention_milli DESC"), text("sorted_at DESC"), text("id DESC")),
        Index("ix_package_newest", text("sorted_at DESC"), text("id DESC")),
        Index("ix_package_categories", "categories", postgresql_using="gin"),
        Index("ix_package_tags", "tags", postgresql_using="gin"),
        Index("ix_package_owner_id", "owner_id", postgresql_where=text("owner_id IS NOT NULL")),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    namespace: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    abstract: str | None = Field(default=None, sa_type=Text)
    authors: list[str] = Field(sa_type=JSONB)
    primary_category: str | None = Field(default=None, sa_type=Text)
    categories: list[str] = Field(sa_type=ARRAY(Text))
    tags: list[str] = Field(sa_type=ARRAY(Text))
    tag_reasons: list[dict[str, Any]] = Field(sa_type=JSONB)
    claims: int
    attention_milli: int = Field(sa_type=BigInteger)
    version: int
    updated_at: datetime | None = Field(default=None, sa_type=_Moment)
    sorted_at: datetime = Field(sa_type=_Moment)
    withdrawn_at: datetime | None = Field(default=None, sa_type=_Moment)
    withdrawn_reason: str | None = Field(default=None, sa_type=Text)
    withdrawn_source_version: int | None = Field(default=None)
    owner_id: str | None = Field(default=None, sa_type=Text)


class PackageVersionRow(Row, table=True):
    """One immutable version. ``input_digest`` names what was compiled, so that an equal input is not compiled again.

    ``seal`` is the summary of the checks at publication, None for what the registry compiled itself. ``digest``,
    ``level`` and ``claims`` are of the rendition that may always be served; ``full_…`` of the one compiled from full
    text, which `registry.renditions` gives out where the paper's licence allows it. ``concepts`` are the terms each
    defines, for searches.
    """

    __tablename__ = "package_version"
    __table_args__ = (
        ForeignKeyConstraint(["package_id"], ["package.id"]),
        ForeignKeyConstraint(["digest"], ["bundle.digest"]),
        ForeignKeyConstraint(["full_digest"], ["bundle.digest"]),
        CheckConstraint(
            "(full_digest IS NULL) = (full_level IS NULL) AND full_level IN ('full', 'partial', 'pdf')",
            name="full_level",
        ),
        Index(
            "ix_package_version_full_links",
            "full_links",
            postgresql_using="gin",
            postgresql_ops={"full_links": "jsonb_path_ops"},
            postgresql_where=text("full_links IS NOT NULL"),
        ),
        Index("ix_package_version_full_digest", "full_digest", postgresql_where=text("full_digest IS NOT NULL")),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("level IN ('metadata', 'full', 'published')", name="level"),
        CheckConstraint("cause IN ('arxiv-version', 'metadata', 'recompile', 'publish')", name="cause"),
        Index("ix_package_version_digest", "digest"),
    )

    package_id: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=Integer)
    digest: str = Field(sa_type=Text)
    input_digest: str | None = Field(default=None, sa_type=Text)
    source_version: int | None = Field(default=None)
    level: str = Field(sa_type=Text)
    compiler: str | None = Field(default=None, sa_type=Text)
    cause: str = Field(sa_type=Text)
    source_date: datetime | None = Field(default=None, sa_type=_Moment)
    published_at: datetime = Field(sa_type=_Moment)
    claims: list[dict[str, Any]] = Field(sa_type=JSONB)
    seal: dict[str, Any] | None = Field(default=None, sa_type=_NullableJson)
    withdrawn_at: datetime | None = Field(default=None, sa_type=_Moment)
    withdrawn_reason: str | None = Field(default=None, sa_type=Text)
    full_digest: str | None = Field(default=None, sa_type=Text)
    full_level: str | None = Field(default=None, sa_type=Text)
    full_compiler: str | None = Field(default=None, sa_type=Text)
    full_claims: list[dict[str, Any]] | None = Field(default=None, sa_type=_NullableJson)
    full_links: list[dict[str, Any]] | None = Field(default=None, sa_type=_NullableJson)
    concepts: list[str] = Field(sa_type=ARRAY(Text), sa_column_kwargs={"server_default": text("'{}'")})
    full_concepts: list[str] = Field(sa_type=ARRAY(Text), sa_column_kwargs={"server_default": text("'{}'")})


class HostedPackageRow(Row, table=True):
    """A package of the namespace ``hosted``: the hash of its update token. The row outlives a withdrawal."""

    __tablename__ = "hosted_package"
    __table_args__ = (ForeignKeyConstraint(["package_id"], ["package.id"], deferrable=True, initially="DEFERRED"),)

    package_id: str = Field(primary_key=True, sa_type=Text)
    update_token_sha256: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=_Moment)


class HostedRevisionRow(Row, table=True):
    """What the publisher said of one version outside its bundle, so that an earlier version can be shown again."""

    __tablename__ = "hosted_revision"
    __table_args__ = (
        ForeignKeyConstraint(["package_id", "number"], ["package_version.package_id", "package_version.number"]),
    )

    package_id: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=Integer)
    title: str = Field(sa_type=Text)
    abstract: str | None = Field(default=None, sa_type=Text)
    authors: list[str] = Field(sa_type=JSONB)
    domain: str | None = Field(default=None, sa_type=Text)
    headline: str | None = Field(default=None, sa_type=Text)
    trajectory: str | None = Field(default=None, sa_type=Text)
    steps: int | None = Field(default=None)
    dead_ends: int | None = Field(default=None)


class SubmissionTallyRow(Row, table=True):
    """How much one client submitted on one day. ``client`` is a keyed hash that nobody can undo once the day's salt
    is gone; no address is stored."""

    __tablename__ = "submission_tally"

    day: date = Field(primary_key=True)
    kind: str = Field(primary_key=True, sa_type=Text)
    client: str = Field(primary_key=True, sa_type=Text)
    count: int


class ClientSaltRow(Row, table=True):
    """The salt of one day's client hashes; yesterday's are deleted."""

    __tablename__ = "client_salt"

    day: date = Field(primary_key=True)
    salt: bytes = Field(sa_type=LargeBinary)


class ClientIdentityRow(Row, table=True):
    """That a client acted for an identity on one day: what it reads of its own counts nothing."""

    __tablename__ = "client_identity"

    day: date = Field(primary_key=True)
    client: str = Field(primary_key=True, sa_type=Text)
    identity: str = Field(primary_key=True, sa_type=Text)


class UseClientRow(Row, table=True):
    """That some client used a package in one way on one day. ``client`` and ``network`` are keyed hashes over the day's
    salt and the package, so that rows of two packages or of two days cannot be told to be one client's."""

    __tablename__ = "use_client"

    day: date = Field(primary_key=True)
    package_id: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(primary_key=True, sa_type=Text)
    client: bytes = Field(primary_key=True, sa_type=LargeBinary)
    network: bytes = Field(sa_type=LargeBinary)


class UseTallyRow(Row, table=True):
    """How many clients used a package on one day: ``seen`` so far, and of them ``told`` in events."""

    __tablename__ = "use_tally"

    day: date = Field(primary_key=True)
    package_id: str = Field(primary_key=True, sa_type=Text)
    audience: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(primary_key=True, sa_type=Text)
    seen: int
    told: int


class RepositoryPointerRow(Row, table=True):
    """An ARA whose bytes stay in a repository elsewhere, which this server could read at ``verified_at``."""

    __tablename__ = "repository_pointer"

    owner: str = Field(primary_key=True, sa_type=Text)
    repo: str = Field(primary_key=True, sa_type=Text)
    subdir: str = Field(primary_key=True, sa_type=Text)
    slug: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    branch: str = Field(sa_type=Text)
    domain: str = Field(sa_type=Text)
    authors: list[str] = Field(sa_type=JSONB)
    trajectory: str = Field(sa_type=Text)
    submitted_on: date | None = Field(default=None)
    verified_at: datetime = Field(sa_type=_Moment)


class ImportRunRow(Row, table=True):
    """One run of an import: what was asked, how far it is, what came of it, what went wrong in words."""

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'failed', 'interrupted')", name="state"),
        Index("ix_import_run_started_at", text("started_at DESC")),
        Index("ix_import_run_job_id", "job_id", postgresql_where=text("job_id IS NOT NULL")),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=True)])
    source: str = Field(sa_type=Text)
    parameters: dict[str, Any] = Field(sa_type=JSONB)
    state: str = Field(sa_type=Text)
    started_at: datetime = Field(sa_type=_Moment)
    heard_at: datetime = Field(sa_type=_Moment)
    finished_at: datetime | None = Field(default=None, sa_type=_Moment)
    step: str | None = Field(default=None, sa_type=Text)
    expected: int | None = Field(default=None, sa_type=BigInteger)
    created: int = Field(default=0, sa_type=BigInteger)
    updated: int = Field(default=0, sa_type=BigInteger)
    unchanged: int = Field(default=0, sa_type=BigInteger)
    rejected: int = Field(default=0, sa_type=BigInteger)
    rejections: list[dict[str, Any]] = Field(sa_type=JSONB)
    error: str | None = Field(default=None, sa_type=Text)
    requests: int = Field(default=0, sa_type=BigInteger)
    faults: list[str] = Field(sa_type=JSONB)
    waiting: str | None = Field(default=None, sa_type=Text)
    job_id: int | None = Field(default=None, sa_type=BigInteger)


class DeletedRecordRow(Row, table=True):
    """A record that arXiv's OAI service says is deleted, known here or not; a later record of the paper undoes it."""

    __tablename__ = "deleted_record"

    arxiv_id: str = Field(primary_key=True, sa_type=Text)
    deleted_on: date


class FeedValidatorRow(Row, table=True):
    """What a feed's server gave to ask with the next time, so that an unchanged feed is not sent again."""

    __tablename__ = "feed_validator"

    url: str = Field(primary_key=True, sa_type=Text)
    etag: str | None = Field(default=None, sa_type=Text)
    last_modified: str | None = Field(default=None, sa_type=Text)


class RequestPaceRow(Row, table=True):
    """When the next request may go out, over all processes of this registry; ``busy`` while one is on its way.

    Then ``holder`` (drawn for each turn) and its ``process`` have the turn until ``lease_until``, or for as long as
    that is renewed.
    """

    __tablename__ = "request_pace"

    name: str = Field(primary_key=True, sa_type=Text)
    not_before: datetime = Field(sa_type=_Moment)
    busy: bool
    reason: str | None = Field(default=None, sa_type=Text)
    holder: str | None = Field(default=None, sa_type=Text)
    process: str | None = Field(default=None, sa_type=Text)
    lease_until: datetime | None = Field(default=None, sa_type=_Moment)


class HarvestCursorRow(Row, table=True):
    """How far a source has been harvested for one category or set: every day up to ``day`` is in.

    Days of submission for the query API, of a record's last change (datestamps) for OAI-PMH.
    """

    __tablename__ = "harvest_cursor"

    source: str = Field(primary_key=True, sa_type=Text)
    category: str = Field(primary_key=True, sa_type=Text)
    day: date


class ScheduleRow(Row, table=True):
    """What the operator wants done by itself, and when. ``trigger`` is as `registry.schedule.read_trigger` reads it.

    No categories means those of the settings. Times before ``counts_from`` (made, changed or switched on then) are not
    missed runs.
    """

    __tablename__ = "schedule"
    __table_args__ = (
        CheckConstraint("way IN ('arxiv', 'oai', 'rss')", name="way"),
        CheckConstraint("depth IN ('metadata', 'fulltext')", name="depth"),
        CheckConstraint("first_days >= 1 AND maximum >= 1", name="reach"),
    )

    name: str = Field(primary_key=True, sa_type=Text)
    way: str = Field(sa_type=Text)
    categories: list[str] = Field(sa_type=ARRAY(Text))
    depth: str = Field(sa_type=Text)
    first_days: int | None = Field(default=None)
    maximum: int | None = Field(default=None)
    trigger: str = Field(sa_type=Text)
    enabled: bool
    counts_from: datetime = Field(sa_type=_Moment)


class ScheduleFiringRow(Row, table=True):
    """One scheduled time that was acted on. The key makes a second scheduler's firing of the same time do nothing."""

    __tablename__ = "schedule_firing"

    name: str = Field(primary_key=True, sa_type=Text)
    scheduled_for: datetime = Field(primary_key=True, sa_type=_Moment)
    fired_at: datetime = Field(sa_type=_Moment)
    job_id: int | None = Field(default=None, sa_type=BigInteger)


class JobEventRow(Row, table=True):
    """What the queue itself does not keep of a job: why it failed, that its worker died, that a person requeued it."""

    __tablename__ = "job_event"
    __table_args__ = (
        CheckConstraint("kind IN ('failed', 'died', 'requeued', 'cancelled')", name="kind"),
        Index("ix_job_event_job_id", "job_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=True)])
    job_id: int = Field(sa_type=BigInteger)
    kind: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=_Moment)
    reason: str = Field(sa_type=Text)
    detail: str | None = Field(default=None, sa_type=Text)


class FulltextAttemptRow(Row, table=True):
    """What became of the full text of one version of a paper (``version`` 0: the newest, whichever that was)."""

    __tablename__ = "fulltext_attempt"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'refused', 'failed')", name="state"),
        Index("ix_fulltext_attempt_state", "state"),
    )

    arxiv_id: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(primary_key=True, sa_type=Integer)
    state: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    level: str | None = Field(default=None, sa_type=Text)
    attempts: int
    job_id: int | None = Field(default=None, sa_type=BigInteger)
    noted_at: datetime = Field(sa_type=_Moment)


class PackageTextRow(Row, table=True):
    """What a search looks at of one package that stands: words by weight (title A, authors B, tags and claims C,
    abstract D), and copies of what it filters by. Derived whole from other rows by `registry.search.indexing`."""

    __tablename__ = "package_text"
    __table_args__ = (
        ForeignKeyConstraint(["package_id"], ["package.id"]),
        Index("ix_package_text_body", "body", postgresql_using="gin"),
    )

    package_id: str = Field(primary_key=True, sa_type=Text)
    title: str = Field(sa_type=TSVECTOR)
    body: str = Field(sa_type=TSVECTOR)
    namespace: str = Field(sa_type=Text)
    categories: list[str] = Field(sa_type=ARRAY(Text))
    tags: list[str] = Field(sa_type=ARRAY(Text))
    year: int
    licence: str = Field(sa_type=Text)
    reproduced: bool = Field(sa_column_kwargs={"server_default": text("false")})


class SearchOutboxRow(Row, table=True):
    """Packages that changed in one statement, in the order of changes, until a mirror of them has taken them in.

    Written by triggers on ``package`` and ``package_text`` while a mirror is wanted; see `registry.search.outbox`.
    """

    __tablename__ = "search_outbox"

    seq: int | None = Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=True)])
    package_ids: list[str] = Field(sa_type=ARRAY(Text))
    noted_at: datetime = Field(sa_type=_Moment, sa_column_kwargs={"server_default": text("clock_timestamp()")})


class SearchMirrorRow(Row, table=True):
    """What is known of the mirror of packages in Meilisearch; one row from the moment that one was wanted.

    ``index_uid`` is its live index, ``made`` the moment the server says that index was made, ``version`` the digest of
    the settings it was built with, ``documents`` how many it held when last asked, exactly where ``settled``: no batch
    is on its way. ``trouble`` is why it is not in step.
    """

    __tablename__ = "search_mirror"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True, sa_type=Integer)
    wanted: bool
    index_uid: str = Field(sa_type=Text)
    made: str | None = Field(default=None, sa_type=Text)
    version: str | None = Field(default=None, sa_type=Text)
    documents: int = Field(sa_type=BigInteger)
    settled: bool
    trouble: str | None = Field(default=None, sa_type=Text)
    heard_at: datetime = Field(sa_type=_Moment)


class SearchWordRow(Row, table=True):
    """One word of the corpus, unstemmed. ``packages`` is about how many have it; ``variants`` find it behind a slip."""

    __tablename__ = "search_word"
    __table_args__ = (
        Index("ix_search_word_variants", "variants", postgresql_using="gin"),
        Index("ix_search_word_prefix", "word", postgresql_ops={"word": "text_pattern_ops"}),
        Index("ix_search_word_trigrams", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )

    word: str = Field(primary_key=True, sa_type=Text)
    packages: int
    variants: list[str] = Field(sa_type=ARRAY(Text))


class EventRow(Row, table=True):
    """One thing that happened, as attention knows of it (`registry.events`). Rows are added, never changed: a trigger
    holds that. ``actor`` is the identity that reported. No foreign key: an event outlives what it is about."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_package_id_id", "package_id", "id"),
        Index("ix_event_report", "package_id", postgresql_where=text("kind = 'report'")),
        Index("ix_event_actor", "actor", "id", postgresql_where=text("actor IS NOT NULL")),
        Index("ix_event_more", "kind", "package_id", postgresql_where=text("kind <> 'version'")),
        Index(
            "ix_event_depends",
            "package_id",
            postgresql_where=text("""kind = 'version' AND body NOT LIKE '%"depends":[]%'"""),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=True)])
    day: date
    at: datetime = Field(sa_type=_Moment)
    package_id: str | None = Field(default=None, sa_type=Text)
    kind: str = Field(sa_type=Text)
    actor: str | None = Field(default=None, sa_type=Text)
    body: str = Field(sa_type=Text)


class AttentionDayRow(Row, table=True):
    """A package's score at the end of a day on which it changed, in thousandths; in between it stood."""

    __tablename__ = "attention_day"
    __table_args__ = (Index("ix_attention_day_day", "day"),)

    package_id: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True)
    milli: int = Field(sa_type=BigInteger)


class AttentionComponentRow(Row, table=True):
    """The components of a package's current score in thousandths, where more than its claims earned or cost any.

    ``support``, ``refutation`` and ``contested`` are units of reproduction, ``readers`` clients so far, a day each.
    """

    __tablename__ = "attention_component"
    __table_args__ = (
        Index("ix_attention_component_support", "support", postgresql_where=text("support > 0")),
        Index("ix_attention_component_contested", "contested", postgresql_where=text("contested > 0")),
    )

    package_id: str = Field(primary_key=True, sa_type=Text)
    claims: int = Field(sa_type=BigInteger)
    reproductions: int = Field(sa_type=BigInteger)
    use_by_people: int = Field(sa_type=BigInteger)
    use_by_agents: int = Field(sa_type=BigInteger)
    influence: int = Field(sa_type=BigInteger)
    refutations: int = Field(sa_type=BigInteger)
    support: int = Field(sa_type=BigInteger)
    refutation: int = Field(sa_type=BigInteger)
    contested: int = Field(sa_type=BigInteger)
    readers: int = Field(sa_type=BigInteger)


class FacetChangeRow(Row, table=True):
    """One for each statement that may have changed what facets count, the last few hundred of them."""

    __tablename__ = "facet_change"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=True)])


class ChancePlaceRow(Row, table=True):
    """A package that was drawn for a place of the default feed on one day, by the order of places."""

    __tablename__ = "chance_place"

    day: date = Field(primary_key=True)
    place: int = Field(primary_key=True)
    package_id: str = Field(sa_type=Text)


class InfluenceRow(Row, table=True):
    """What flows to a package since the last close, in thousandths, from known packages and from unverified ones."""

    __tablename__ = "influence"

    package_id: str = Field(primary_key=True, sa_type=Text)
    known: int = Field(sa_type=BigInteger)
    unverified: int = Field(sa_type=BigInteger)


class ClosedDayRow(Row, table=True):
    """A day up to whose end everything was counted; what follows is scored with the influence of that close."""

    __tablename__ = "closed_day"

    day: date = Field(primary_key=True)
    closed_at: datetime = Field(sa_type=_Moment)


class ModelAnswerRow(Row, table=True):
    """What the optional model answered about a compile, by the digest of that compile without it. Never changed."""

    __tablename__ = "model_answer"

    digest: str = Field(primary_key=True, sa_type=Text)
    model: str = Field(primary_key=True, sa_type=Text)
    answer: str = Field(sa_type=Text)
    answered_at: datetime = Field(sa_type=_Moment)


class TagSourceRow(Row, table=True):
    """What a package's tags stand on beside its row: the keywords that its own text states, and whether its manifest
    says that an AI did or wrote the research. A package known by its metadata alone has no row."""

    __tablename__ = "tag_source"
    __table_args__ = (ForeignKeyConstraint(["package_id"], ["package.id"]),)

    package_id: str = Field(primary_key=True, sa_type=Text)
    keywords: list[str] = Field(sa_type=ARRAY(Text))
    ai_generated: bool


class TagChoiceRow(Row, table=True):
    """A tag that a package's owner (or the operator) gave it, or took from it whatever its words say."""

    __tablename__ = "tag_choice"
    __table_args__ = (ForeignKeyConstraint(["package_id"], ["package.id"]),)

    package_id: str = Field(primary_key=True, sa_type=Text)
    tag: str = Field(primary_key=True, sa_type=Text)
    given: bool
    chosen_by: str = Field(sa_type=Text)
    chosen_at: datetime = Field(sa_type=_Moment)


class VocabularyUseRow(Row, table=True):
    """A vocabulary that came into force, and how far the packages that were here are tagged by it: all up to
    ``last_id``. ``done_at`` is None until that is all of them."""

    __tablename__ = "vocabulary_use"

    version: str = Field(primary_key=True, sa_type=Text)
    begun_at: datetime = Field(sa_type=_Moment)
    done_at: datetime | None = Field(default=None, sa_type=_Moment)
    last_id: str = Field(sa_type=Text)
    seen: int = Field(sa_type=BigInteger)
    changed: int = Field(sa_type=BigInteger)
