"""Awards: given once, never edited, revoked once, and the person's for good (decisions 6 and 15)."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.badges.already_held import held_award
from lti_tool.badges.awarding.giving import Gift, give
from lti_tool.badges.awards import (
    REASON_LENGTH,
    Recipient,
    award_badge,
    award_to_person,
    correct_award,
    is_revoked,
    revoke_award,
)
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import Award, BadgeClass, Issuer
from lti_tool.badges.signing.keys import signing_keys
from lti_tool.badges.signing.model import IssuerKey
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.admin.model import AuditEntry
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.model import Completion
from tests.make.award import make_award
from tests.make.crowd import at_once, faults
from tests.make.person import make_person
from tests.make.space import make_badge, make_member, make_objective, make_space

ADA = "ada@example.org"


@pytest.fixture
def badge(organization: str) -> str:
    return make_badge(organization)


def revoke(award_id: str, reason: str | None = None) -> None:
    with transaction():
        revoke_award(award_id, reason=reason)


def row(award_id: str) -> Award:
    db.session.rollback()
    return db.session.get_one(Award, award_id, populate_existing=True)


def code_of(refused: pytest.ExceptionInfo[Problem]) -> str:
    return refused.value.code


def test_a_person_holds_a_badge_once(organization: str, badge: str) -> None:
    person = make_person(organization)
    first = make_award(badge, Recipient(person, ADA))

    with pytest.raises(Problem) as refused:
        make_award(badge, Recipient(person))

    assert (code_of(refused), held_award(badge=badge, person=person)) == ("already_awarded", first)


def test_of_many_who_award_at_once_one_does(app: Flask, organization: str, badge: str) -> None:
    recipients = [Recipient(make_person(organization)), Recipient(email=ADA)]

    for recipient in recipients:
        outcomes = at_once(app, [partial(award_badge, badge=badge, recipient=recipient)] * 5)

        assert sorted(getattr(one, "code", "awarded") for one in outcomes) == [*["already_awarded"] * 4, "awarded"]


def test_a_revoked_badge_may_be_given_again(organization: str, badge: str) -> None:
    person = make_person(organization)
    first = make_award(badge, Recipient(person))
    revoke(first)

    second = make_award(badge, Recipient(person))

    assert (first != second, held_award(badge=badge, person=person)) == (True, second)


def test_without_an_address_the_recipient_is_another_random_url_each_time(organization: str, badge: str) -> None:
    person = make_person(organization)
    urls = {
        row(make_award(one, Recipient(person))).recipient_url for one in (badge, make_badge(organization, "Another"))
    }  # fmt: skip

    assert len(urls) == 2
    for url in urls:
        assert str(url).startswith("http://localhost:8000/public/recipients/")
        assert person not in str(url)


def test_with_an_address_there_is_a_salt_and_no_url(organization: str, badge: str) -> None:
    kept = row(make_award(badge, Recipient(make_person(organization), ADA)))

    assert (kept.recipient_url, kept.recipient_email, len(kept.salt)) == (None, ADA, 32)


def test_an_award_needs_somebody(badge: str) -> None:
    with pytest.raises(Problem) as refused:
        make_award(badge, Recipient())

    assert code_of(refused) == "bad_request"


def test_ids_are_random_and_two_salts_differ(organization: str, badge: str) -> None:
    awards = [row(make_award(badge, Recipient(make_person(organization)))) for _ in range(3)]

    assert len({one.id[:6] for one in awards}) == len({one.salt for one in awards}) == 3


def test_an_award_is_revoked_once_with_its_reason(organization: str, badge: str) -> None:
    given = make_award(badge, Recipient(make_person(organization)))
    revoke(given, "x" * 900)

    with pytest.raises(Problem) as refused:
        revoke(given, "Again.")

    assert (code_of(refused), is_revoked(given)) == ("already_revoked", True)
    assert (row(given).revocation_reason, row(given).revision) == ("x" * REASON_LENGTH, 2)


def test_an_award_that_is_not_there_is_not_found(app: Flask) -> None:
    with pytest.raises(Problem) as refused:
        revoke("nothing")

    assert code_of(refused) == "not_found"


def test_an_award_to_an_address_becomes_its_persons(organization: str, badge: str) -> None:
    given, person = make_award(badge, Recipient(email=ADA)), make_person(organization, email=ADA)

    with transaction():
        stands = award_to_person(given, person=person)

    assert (stands, row(given).person_id, row(given).recipient_email) == (given, person, ADA)
    assert held_award(badge=badge, person=person) == given


def test_who_holds_the_badge_already_keeps_the_own_award(organization: str, badge: str) -> None:
    person = make_person(organization, email=ADA)
    held, given = make_award(badge, Recipient(person)), make_award(badge, Recipient(email=ADA))

    with transaction():
        stands = award_to_person(given, person=person)

    assert (stands, row(given).person_id) == (held, None)


def test_the_first_award_makes_the_keys_and_each_deed_is_written_down(organization: str, badge: str) -> None:
    issuer = first_issuer_of(organization)
    before = db.session.query(IssuerKey).count()
    given = make_award(badge, Recipient(email=ADA))
    revoke(given)

    assert (before, set(signing_keys(issuer))) == (0, {"Ed25519", "RSA"})
    noted = db.session.query(AuditEntry).filter(AuditEntry.deed.startswith("award.")).order_by(AuditEntry.id).all()
    assert [(one.deed, one.subject, one.scope, one.organization_id, one.facts) for one in noted] == [
        (deed, given, issuer, organization, {}) for deed in ("award.made", "award.revoked")
    ]


def test_an_archived_badge_and_a_badge_of_an_archived_issuer_go_to_nobody(organization: str, badge: str) -> None:
    for archived, identity in ((BadgeClass, badge), (Issuer, first_issuer_of(organization))):
        with transaction():
            db.session.get_one(archived, identity).archived_at = clock.now()  # type: ignore[attr-defined]
        with pytest.raises(Problem) as refused:
            make_award(badge, Recipient(email=ADA))
        with transaction():
            db.session.get_one(archived, identity).archived_at = None  # type: ignore[attr-defined]

        assert code_of(refused) == "no_more_awards"


def test_an_award_does_not_expire_before_it_is_issued(badge: str) -> None:
    with pytest.raises(Problem) as refused:
        make_award(badge, Recipient(email=ADA), expires=clock.now() - timedelta(days=1))  # type: ignore[arg-type]

    assert (code_of(refused), db.session.query(Award).count()) == ("bad_request", 0)


def test_a_form_that_is_sent_by_many_at_once_gives_one_award(app: Flask, organization: str, badge: str) -> None:
    person, gift = make_person(organization), Gift(ADA, None, None, None, clock.now(), None)
    with transaction():
        db.session.get_one(BadgeClass, badge).allows_repeats = True

    same = at_once(app, [partial(give, badge, gift, by=person, once="one form")] * 4)
    other = at_once(app, [partial(give, badge, gift, by=person, once="another form")])

    assert faults([*same, *other]) == []
    assert len(set(same)) == 1
    assert (len({*same, *other}), db.session.query(Award).count()) == (2, 2)


def test_a_correction_keeps_the_person_and_stands_behind_the_completion(organization: str) -> None:
    space = make_space(organization)
    member, objective = make_member(space, organization, email=ADA), make_objective(space, organization)
    with transaction():
        old = complete(objective_id=objective, member_id=member, by=None).award
    assert old is not None
    kept = row(old)
    with transaction():
        new = correct_award(old, recipient=Recipient(kept.person_id, ADA), narrative="Came first.", reason="A slip.").id
    behind = db.session.query(Completion.award_id).scalar()

    with transaction():
        take_back(objective_id=objective, member_id=member, by=None)

    assert (row(new).person_id, row(new).issued_on, row(new).corrects) == (kept.person_id, kept.issued_on, old)
    assert (behind, is_revoked(old), is_revoked(new)) == (new, True, True)
    with pytest.raises(Problem) as refused, transaction():
        correct_award(old, recipient=Recipient(kept.person_id, ADA))
    assert code_of(refused) == "already_revoked"
