"""LTI 1.1 ids: linked by a good signature or by an administrator's word, and by nothing else (decision 6)."""

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.claims import C
from lti_tool.launch.legacy import add_consumer, consumers_of, decide_link, remove_consumer, waiting_links
from lti_tool.launch.legacy_claim import LegacyId, is_signed, read_legacy
from lti_tool.launch.model import Identity, LegacyConsumer, LegacyLink
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.model import Person
from tests.make.lms import Campus

KEY, SECRET, OLD = "consumer-1", "the old secret", "lti11-user-7"


def test_the_signature_is_the_one_of_the_migration_guides_example() -> None:
    said = LegacyId("u", "179248902", "lWd54kFo5qU7xshAna6v8BwoBm6tmUjc6GTax6+12ps=", "1551290856")
    facts = {"deployment_id": "689302", "client_id": "PM48OJSfGDTAzAo", "nonce": "172we8671fd8z"}

    assert is_signed(said, secret=b"my-lti11-secret", issuer="https://lmsvendor.com", **facts)
    assert not is_signed(said, secret=b"another secret", issuer="https://lmsvendor.com", **facts)
    assert not is_signed(said, secret=b"my-lti11-secret", issuer="https://lmsvendor.com/", **facts)


@pytest.mark.parametrize(
    ("claims", "read"),
    [
        ({}, None),
        ({"lti1p1": None}, None),
        ({"lti1p1": []}, None),
        ({"lti1p1": {"user_id": 7}}, None),
        ({"lti1p1": {"user_id": ""}}, None),
        ({"lti1p1": {"user_id": "x" * 256}}, None),
        ({"lti1p1": {"user_id": "a\x00b"}}, None),
        ({"lti1p1": {"user_id": "u"}}, LegacyId("u", None, None, "99")),
        ({"lti11_legacy_user_id": "v"}, LegacyId("v", None, None, "99")),
        ({"lti1p1": {"user_id": "u"}, "lti11_legacy_user_id": "v"}, LegacyId("u", None, None, "99")),
        ({"lti1p1": {"oauth_consumer_key": "k", "oauth_consumer_key_sign": "s"}}, LegacyId("sub", "k", "s", "99")),
        ({"lti1p1": {"user_id": "u", "oauth_consumer_key_sign": "s"}}, LegacyId("u", None, None, "99")),
        ({"lti1p1": {"user_id": "u", "oauth_consumer_key": "k"}}, LegacyId("u", "k", None, "99")),
    ],
)
def test_what_a_launch_says_of_an_old_id(claims: dict[str, Any], read: LegacyId | None) -> None:
    assert read_legacy({"sub": "sub", "exp": 99, **{C + name: value for name, value in claims.items()}}) == read


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(["user_id", "oauth_consumer_key", "oauth_consumer_key_sign"])


@settings(max_examples=50, deadline=None, derandomize=True)
@given(said=JSON | st.dictionaries(MEMBERS, JSON, max_size=3), plain=JSON, expires=JSON)
def test_no_claim_about_the_past_ever_refuses_a_launch(said: Any, plain: Any, expires: Any) -> None:
    read = read_legacy({"sub": "s", "exp": expires, C + "lti1p1": said, C + "lti11_legacy_user_id": plain})

    if read is not None:
        assert 0 < len(read.user_id) <= 255
        assert not is_signed(
            read, secret=b"s", deployment_id="1", issuer="i", client_id="c", nonce="n"
        ) or read.signature  # fmt: skip


class Past:
    """A platform that tells of its LTI 1.1 days."""

    def __init__(self, school: Campus) -> None:
        self.school = school

    def knows(self, key: str = KEY, secret: str = SECRET) -> str:
        with transaction():
            return add_consumer(self.school.registration, key=key, secret=secret).id

    def open(self, person: str, old: str = OLD, *, secret: str | None = SECRET, nonce: str | None = None) -> None:
        """Open the course as `person`, whose launch says `old`; signed unless there is no secret."""
        lms, browser = self.school.lms, self.school.browser()
        asked = self.school.begin(browser, lms.login_request("biology", person))
        fields = self.school.authorize(browser, asked)
        claims = {**lms.claims("biology", person), "nonce": asked["nonce"]}
        said = {"user_id": old}
        if secret is not None:
            base = f"{KEY}&1&{claims['iss']}&{claims['aud']}&{claims['exp']}&{nonce or asked['nonce']}"
            signature = hmac.new(secret.encode(), base.encode(), hashlib.sha256).digest()
            said |= {"oauth_consumer_key": KEY, "oauth_consumer_key_sign": base64.b64encode(signature).decode()}
        token = lms.sign({**claims, C + "lti1p1": said})
        answer = browser.post("/lti/launch", {**fields, "id_token": token}, headers={"Origin": lms.settings.url})
        assert answer.status_code == 200

    def links(self) -> list[tuple[str, str, bool, str | None]]:
        """Each old id with its state and the name of whom it belongs to."""
        db.session.rollback()
        rows = db.session.execute(
            select(LegacyLink.legacy_user_id, LegacyLink.status, LegacyLink.is_signed, Person.given_name)
            .join(Identity, Identity.id == LegacyLink.identity_id)
            .join(Person, Person.id == Identity.person_id)
            .order_by(LegacyLink.created_at)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


@pytest.fixture
def past(school: Campus) -> Past:
    return Past(school)


def test_a_good_signature_links_at_once_and_only_once(past: Past) -> None:
    past.knows()

    past.open("dmitri")
    past.open("dmitri")

    assert past.links() == [(OLD, "linked", True, "Дмитрий")]
    assert [one.deed for one in db.session.scalars(select(AuditEntry))] == ["legacy.linked"]


@pytest.mark.parametrize(
    ("known", "signed", "why"),
    [
        (True, {"secret": None}, "none"),
        (True, {"secret": "a guess"}, "wrong"),
        (True, {"nonce": "of-another-launch"}, "wrong"),
        (False, {}, "unknown_consumer"),
    ],
    ids=["unsigned", "wrong secret", "a signature of another launch", "a consumer that nobody named"],
)
def test_whatever_is_not_vouched_for_waits_for_an_administrator(
    past: Past, known: bool, signed: dict[str, Any], why: str
) -> None:
    if known:
        past.knows()

    past.open("dmitri", **signed)
    past.open("dmitri", **signed)

    assert past.links() == [(OLD, "waiting", False, "Дмитрий")]
    entries = db.session.scalars(select(AuditEntry)).all()
    assert [(one.deed, one.facts) for one in entries] == [("legacy.waits", {"signature": why})]


def test_an_id_that_waits_is_linked_once_its_signature_can_be_checked(past: Past) -> None:
    past.open("dmitri")
    before = past.links()
    past.knows()

    past.open("dmitri")

    assert before == [(OLD, "waiting", False, "Дмитрий")]
    assert past.links() == [(OLD, "linked", True, "Дмитрий")]


def test_an_id_that_belongs_to_somebody_is_given_to_nobody_else(past: Past) -> None:
    past.knows()
    past.open("dmitri")

    past.open("siobhan")
    past.open("siobhan", secret=None)

    assert past.links() == [(OLD, "linked", True, "Дмитрий")]


def test_a_claim_without_proof_keeps_nobody_from_proving_theirs(past: Past) -> None:
    past.knows()
    past.open("siobhan", secret=None)

    past.open("dmitri")

    assert past.links() == [(OLD, "linked", True, "Дмитрий")]


def test_an_old_id_merges_nobody(past: Past) -> None:
    past.knows()
    past.open("dmitri")
    past.open("siobhan")

    assert db.session.scalar(select(func.count()).select_from(Person)) == 2


def test_an_administrator_decides_and_may_decide_again(past: Past) -> None:
    past.open("dmitri", secret=None)
    [waiting] = waiting_links(past.school.registration)

    for linked, status in ((True, "linked"), (False, "refused"), (True, "linked")):
        with transaction():
            decide_link(waiting.id, linked=linked)
        assert past.links() == [(OLD, status, False, "Дмитрий")]
    assert (waiting.legacy_user_id, waiting.person_name) == (OLD, "Дмитрий Соколов")
    assert waiting_links(past.school.registration) == []


def test_what_an_administrator_refused_stays_refused_whatever_comes_later(past: Past) -> None:
    past.open("dmitri", secret=None)
    with transaction():
        decide_link(waiting_links(past.school.registration)[0].id, linked=False)
    past.knows()

    past.open("dmitri")

    assert past.links() == [(OLD, "refused", False, "Дмитрий")]


def test_nobody_decides_about_what_is_not_there(past: Past) -> None:
    with pytest.raises(Problem) as refused, transaction():
        decide_link("0" * 32, linked=True)

    assert refused.value.code == "not_found"


def test_a_consumers_secret_is_sealed_and_its_key_is_named_once(past: Past) -> None:
    consumer = past.knows()

    with pytest.raises(Problem) as again:
        past.knows(secret="another")
    stored = db.session.scalars(select(LegacyConsumer.sealed_secret)).one()
    with transaction():
        remove_consumer(consumer)

    assert again.value.code == "legacy_consumer_known"
    assert SECRET not in stored
    assert consumers_of(past.school.registration) == []


@pytest.mark.parametrize(("key", "secret"), [("", SECRET), (KEY, ""), ("k\n", SECRET), ("k" * 256, SECRET)])
def test_a_consumer_without_key_or_secret_is_refused(past: Past, key: str, secret: str) -> None:
    with pytest.raises(Problem) as refused:
        past.knows(key, secret)

    assert refused.value.code == "bad_request"
