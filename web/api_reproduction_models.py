"""What the API takes and gives of reproductions and attention, field by field."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from registry.events import Outcome
from registry.feed import points as exact_points
from registry.reproductions import Reproduction
from web.attention import Explained
from web.rendering import points

Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Short = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
Long = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]
Number = (
    Annotated[int, Field(strict=True, ge=-(10**15), le=10**15)]
    | Annotated[float, Field(strict=True, allow_inf_nan=False)]
)
Key = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9+/=]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ObservedValue(_Strict):
    """One value that was measured."""

    quantity: Short = Field(description="What was measured.", examples=["speed-up"])
    value: Short | Number = Field(
        description="The value: decimal text, so that no digit is lost, or a number.", examples=["2.38"]
    )
    unit: Short | None = Field(default=None, description="Its unit; null for a bare number.")
    tolerance: Short | Number | None = Field(
        default=None, description="How far from the claim it may lie.", examples=["5 %"]
    )


class ClaimResult(_Strict):
    """What came of one claim."""

    claim: Short = Field(description="Id of the claim in the version tested.", examples=["C01"])
    outcome: Outcome
    observed: list[ObservedValue] = Field(default=[], max_length=50)


class ReproductionStatement(_Strict):
    """A report of a reproduction."""

    digest: Hex = Field(description="Digest of the version, or rendition, that was tested.")
    results: list[ClaimResult] = Field(min_length=1, max_length=200, description="Each claim once.")
    environment: Long | None = Field(default=None, description="Hardware, software, data: what another needs to know.")
    log_digest: Hex | None = Field(default=None, description="SHA-256 of the log of the run.")
    artifact: Short | None = Field(
        default=None, description="Package id or digest of an artifact in this registry, or an https address."
    )
    notes: Long | None = Field(default=None)
    public_key: Key | None = Field(default=None, description="Ed25519 public key, 32 bytes, base64.")
    signature: Key | None = Field(default=None, description="Ed25519 over the canonical statement, base64.")


class ReportedReproduction(_Strict):
    """A report that stands."""

    id: str
    package: str
    reporter: str = Field(description="Handle of the identity.")
    tier: str = Field(description="`unverified`, `registered` or `verified`, as of now.")
    day: date = Field(description="UTC day of its newest revision.")
    digest: str
    outcomes: dict[str, Outcome] = Field(description="Outcome by claim id.")
    statement: dict[str, Any] = Field(description="All that was reported, as it was sent.")
    statement_digest: str = Field(description="SHA-256 over the canonical statement.")
    signed_by: str | None = Field(description="Public key of a signature that holds; null without one.")

    @classmethod
    def of(cls, one: Reproduction) -> ReportedReproduction:
        return cls(
            id=one.id,
            package=one.package,
            reporter=one.reporter,
            tier=one.tier,
            day=one.day,
            digest=one.digest,
            outcomes=dict(one.outcomes),
            statement=dict(one.statement),
            statement_digest=one.statement_digest,
            signed_by=one.signed_by,
        )


class ReproductionList(_Strict):
    """The reports of a package that stand, oldest first."""

    reports: list[ReportedReproduction]


class AttentionComponent(_Strict):
    """One summand of a score."""

    name: str
    inputs: dict[str, int] = Field(description="What it was computed from; see docs/attention.md.")
    contribution: str = Field(pattern=r"^-?\d+\.\d+$", description="Points, a decimal in a string.")
    events: list[int] = Field(description="Ids of the events behind it, in order.")


class AttentionClaim(_Strict):
    """One distinct claim as it enters the score."""

    id: str
    grounding: str = Field(description="`asserted`, `quoted` or `resolved`.")
    tokens: int
    weight: int = Field(description="Thousandths.")
    support: int = Field(description="Units of reproduction found for it.")
    refutation: int = Field(description="Units found against it.")


class AttentionUse(_Strict):
    """How many clients, each day's anew, used the package in one way."""

    audience: str = Field(description="`people` or `agents`.")
    use: str = Field(description="`page`, `claim`, `bundle` or `api`.")
    clients: int


class AttentionDay(_Strict):
    """The score at the end of a day on which it changed."""

    day: date
    total: str


class Attention(_Strict):
    """A package's attention: components that add up exactly to the total."""

    id: str
    day: date = Field(description="UTC day for which it was computed.")
    total: str = Field(pattern=r"^\d+\.\d+$")
    components: list[AttentionComponent]
    claims: list[AttentionClaim]
    use: list[AttentionUse] = Field(description="Use by audience and kind; kinds without any are left out.")
    would_raise: list[str] = Field(description="What would raise it, in sentences.")
    history: list[AttentionDay] = Field(description="Days on which the score changed, oldest first.")

    @classmethod
    def of(cls, id_: str, explained: Explained, history: list[tuple[date, int]]) -> Attention:
        found = explained.explanation
        return cls(
            id=id_,
            day=found.day,
            total=points(exact_points(found.score.total_milli)),
            components=[
                AttentionComponent(
                    name=one.name,
                    inputs=one.inputs,
                    contribution=points(exact_points(one.contribution_milli)),
                    events=list(found.events.get(one.name, ())),
                )
                for one in found.components
            ],
            claims=[
                AttentionClaim(
                    id=one.id,
                    grounding=str(one.grounding),
                    tokens=one.tokens,
                    weight=one.weight_milli,
                    support=one.support,
                    refutation=one.refutation,
                )
                for one in found.claims
            ],
            use=[
                AttentionUse(audience=str(one.audience), use=str(one.use), clients=one.clients) for one in explained.use
            ],
            would_raise=list(found.would_raise),
            history=[AttentionDay(day=day, total=points(exact_points(milli))) for day, milli in history],
        )


class EventRecord(_Strict):
    """One event, as it was recorded."""

    id: int
    day: date
    kind: str
    body: dict[str, Any]


class EventList(_Strict):
    """The events of a package in order, with which its score can be recomputed."""

    package: str
    events: list[EventRecord]
    tiers: dict[str, str] = Field(description="The newest tier by handle, where the operator changed it.")
    influence: dict[str, int] = Field(description="`known` and `unverified` flows since the last close, thousandths.")
