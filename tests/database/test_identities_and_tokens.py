"""Identities and bearer tokens over a real Postgres: who they are, what they open, how they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from registry.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.identities import add_anonymous, add_identity, list_identities, read_identity, set_tier
from registry.standing import Scope, Tier
from registry.tokens import authenticate, list_tokens, make_token, read_token, revoke_token


@pytest.fixture
def ada(session: Session) -> str:
    add_identity(session, "ada", name="Ada  Lovelace")
    return "ada"


def test_an_identity_is_registered_unless_said_otherwise(session: Session, ada: str) -> None:
    found = read_identity(session, ada)
    assert (found.handle, found.name, found.tier, found.packages) == ("ada", "Ada Lovelace", Tier.REGISTERED, 0)
    assert add_identity(session, "bob", tier=Tier.VERIFIED).name == "bob"
    assert set_tier(session, "ada", Tier.VERIFIED).tier is Tier.VERIFIED
    assert [one.handle for one in list_identities(session)] == ["ada", "bob"]


@pytest.mark.parametrize("handle", ["", "A", "a b", "-a", "a-", "a" * 41, "é", "anonymous-x", "a\n", "a/b"])
def test_a_handle_has_a_form(session: Session, handle: str) -> None:
    with pytest.raises(InvalidInput):
        add_identity(session, handle)


def test_a_handle_is_given_once(session: Session, ada: str) -> None:
    with pytest.raises(InvalidInput, match="already"):
        add_identity(session, ada)
    with pytest.raises(NotFound, match="no identity 'eve'"):
        read_identity(session, "eve")


def test_an_anonymous_identity_is_not_listed_and_cannot_be_vouched_for(session: Session) -> None:
    handle = add_anonymous(session, "a1b2c3d4")
    assert list_identities(session) == []
    assert [one.tier for one in list_identities(session, anonymous=True)] == [Tier.UNVERIFIED]
    with pytest.raises(InvalidInput, match="anonymous"):
        set_tier(session, handle, Tier.VERIFIED)
    with pytest.raises(InvalidInput, match="anonymous"):
        make_token(session, handle, scopes=[Scope.PUBLISH])


def test_a_token_opens_what_its_scopes_say(session: Session, ada: str) -> None:
    secret, summary = make_token(session, ada, scopes=[Scope.REPORT, Scope.REPORT], label=" laptop ")
    caller = authenticate(session, secret, Scope.REPORT)
    assert (caller.identity, caller.tier, caller.token_id) == ("ada", Tier.REGISTERED, summary.id)
    with pytest.raises(Forbidden, match="may not publish: its scopes are report"):
        authenticate(session, secret, Scope.PUBLISH)
    assert read_token(session, summary.id).label == "laptop"
    assert read_token(session, summary.id).last_used_on == datetime.now(UTC).date()


def test_nothing_that_opens_is_stored(session: Session, ada: str) -> None:
    secret, _ = make_token(session, ada, scopes=Scope)
    stored = str(session.execute(text("SELECT * FROM token")).all())
    opens = secret.split("_", 2)[2]  # which may hold underscores itself
    assert len(opens) == 32
    assert opens not in stored


@pytest.mark.parametrize("change", ["secret", "id", "prefix", "short", "long", "empty", "nul", "unicode"])
def test_a_token_that_is_not_exactly_right_opens_nothing(session: Session, ada: str, change: str) -> None:
    secret, _ = make_token(session, ada, scopes=Scope)
    flipped = "A" if secret[-1] != "A" else "B"
    wrong = {
        "secret": secret[:-1] + flipped,
        "id": secret.replace(secret[4], "0" if secret[4] != "0" else "1", 1),
        "prefix": "x" + secret,
        "short": secret[:-1],
        "long": secret + "A",
        "empty": "",
        "nul": secret + "\0",
        "unicode": secret[:-1] + "é",
    }[change]
    with pytest.raises(Unauthenticated, match="not one of ours"):
        authenticate(session, wrong, Scope.PUBLISH)


def test_a_revoked_or_expired_token_opens_nothing(session: Session, ada: str) -> None:
    revoked, one = make_token(session, ada, scopes=Scope)
    revoke_token(session, one.id)
    first = read_token(session, one.id).revoked_at
    assert revoke_token(session, one.id).revoked_at == first
    with pytest.raises(Unauthenticated, match="revoked"):
        authenticate(session, revoked, Scope.PUBLISH)
    expired, other = make_token(session, ada, scopes=Scope, days=1)
    authenticate(session, expired, Scope.PUBLISH)
    past = {"moment": datetime.now(UTC) - timedelta(seconds=1), "id": other.id}
    session.execute(text("UPDATE token SET expires_at = :moment WHERE id = :id"), past)
    with pytest.raises(Unauthenticated, match="expired"):
        authenticate(session, expired, Scope.PUBLISH)
    assert [token.state for token in list_tokens(session, ada)] == ["revoked", "expired"]


def test_what_cannot_be_made(session: Session, ada: str) -> None:
    with pytest.raises(InvalidInput, match="scope"):
        make_token(session, ada, scopes=[])
    with pytest.raises(InvalidInput, match="days"):
        make_token(session, ada, scopes=Scope, days=0)
    with pytest.raises(NotFound):
        make_token(session, "eve", scopes=Scope)
    with pytest.raises(NotFound):
        revoke_token(session, "nothing")
