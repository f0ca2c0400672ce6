"""API keys as facts, in sentences: issued for a principal, replaced with an overlap, revoked for good."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from salesapi.domain.consequences import Step
from salesapi.domain.organisation import api_keys
from salesapi.domain.organisation.api_keys import ApiKey, opens
from salesapi.domain.organisation.principals import Principal, PrincipalIsDisabled
from salesapi.domain.shared.kernel import FieldInvalid, Ref, StreamRef, ThingExists, ThingUnknown
from salesapi.domain.shared.key_digests import KeyDigest, key_id
from tests.spec import SUBJECT, folded, given, uid

ERP, GONE, NOBODY = uid(0xE1), uid(0xE2), uid(0xDEAD)
PRINCIPALS: dict[Ref, object] = {
    StreamRef("principal", ERP): Principal(name="erp", roles=("integration",), member_id=None),
    StreamRef("principal", GONE): Principal(name="old", roles=("integration",), member_id=None, is_disabled=True),
}
FIRST, SECOND = KeyDigest(prefix="0a1b2c3d4e5f", sha256="ab" * 32), KeyDigest(prefix="5f4e3d2c1b0a", sha256="cd" * 32)
SOON, LATER = datetime(2026, 3, 9, 12, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)


def issued(expires_at: datetime | None = None) -> api_keys.ApiKeyIssued:
    return api_keys.ApiKeyIssued(
        principal_id=ERP, prefix=FIRST.prefix, sha256=FIRST.sha256, expires_at=expires_at, label="ERP"
    )


def rotated(expires_at: datetime) -> api_keys.ApiKeyRotated:
    return api_keys.ApiKeyRotated(successor_id=key_id(SECOND.prefix), expires_at=expires_at)


REVOKED = api_keys.ApiKeyRevoked(reason="Lost")


def issue(**values: Any) -> api_keys.IssueApiKey:
    return api_keys.IssueApiKey(**{"principal_id": ERP, "label": "ERP", "digest": FIRST, **values})


def rotate(until: datetime, **values: Any) -> api_keys.RotateApiKey:
    return api_keys.RotateApiKey(api_key_id=SUBJECT, overlap_until=until, digest=SECOND, **values)


def test_a_key_is_issued_with_its_digest_alone() -> None:
    given().facts(PRINCIPALS).when(issue(expires_at=LATER)).then(issued(LATER))
    given(issued()).facts(PRINCIPALS).when(issue()).refused(ThingExists)


def test_nobody_who_is_unknown_or_disabled_gets_a_key() -> None:
    given().facts({StreamRef("principal", NOBODY): None}).when(issue(principal_id=NOBODY)).refused(
        ThingUnknown, pointer="/principal_id"
    )
    given().facts(PRINCIPALS).when(issue(principal_id=GONE)).refused(PrincipalIsDisabled)


UNMEANT = [
    datetime(2026, 3, 9, 12),
    datetime(2026, 2, 28, tzinfo=UTC),
    datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))),
    datetime.min.replace(tzinfo=timezone(timedelta(hours=23))),
]


@pytest.mark.parametrize("at", UNMEANT)
def test_an_end_is_an_instant_that_can_be_meant(at: datetime) -> None:
    given().facts(PRINCIPALS).when(issue(expires_at=at)).refused(FieldInvalid, pointer="/expires_at")
    given(issued()).when(rotate(at)).refused(FieldInvalid, pointer="/overlap_until")


def test_a_key_is_replaced_once_and_ends_with_the_overlap() -> None:
    given(issued()).facts(PRINCIPALS).when(rotate(SOON)).then(rotated(SOON))
    given(issued(), rotated(SOON)).when(rotate(LATER)).refused(api_keys.ApiKeyIsRotated)
    given(issued(), REVOKED).when(rotate(SOON)).refused(api_keys.ApiKeyIsRevoked)


def test_no_overlap_makes_a_key_live_longer() -> None:
    given(issued(SOON)).when(rotate(LATER)).then(rotated(SOON))


def test_a_key_in_the_place_of_another_is_of_the_same_principal_under_the_same_label() -> None:
    (step,) = given(issued()).when(rotate(SOON, expires_at=LATER)).following()
    assert isinstance(step, Step)
    assert step.command == issue(expires_at=LATER, digest=SECOND)


def test_revoking_is_for_good() -> None:
    revoke = api_keys.RevokeApiKey(api_key_id=SUBJECT, reason="Lost")
    given(issued()).when(revoke).then(REVOKED)
    given(issued(), REVOKED).when(revoke).then()


@pytest.mark.parametrize(
    ("events", "seconds", "is_open"),
    [
        ((issued(),), 10**9, True),
        ((issued(SOON),), -1, True),
        ((issued(SOON),), 0, False),
        ((issued(), rotated(SOON)), -1, True),
        ((issued(), rotated(SOON)), 0, False),
        ((issued(), REVOKED), -1, False),
    ],
)
def test_a_key_opens_something_until_it_ends(events: tuple[object, ...], seconds: int, is_open: bool) -> None:
    key = folded(ApiKey, "api_key", *events)
    assert opens(key, SOON + timedelta(seconds=seconds)) is is_open
