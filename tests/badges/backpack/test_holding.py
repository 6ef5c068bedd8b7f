"""Does this person hold this badge? The one question of the Spaces."""

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, insert

from lti_tool import clock
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.backpack.holding import holders, holds
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.hosted import address
from lti_tool.db import db, new_id, transaction
from lti_tool.people.model import Person
from tests.make.award import make_award
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge

FOREIGN = "https://badges.example/b/1"


def bring(person: str, *, badge: str = FOREIGN, issuer: str = "https://badges.example/i", **facts: Any) -> None:
    """An entry as importing leaves it."""
    words = {
        "form": "json", "original_key": "0" * 64, "standard": "3.0 JWT", "award_ref": new_id(), "badge_ref": badge,
        "issuer_ref": issuer, "badge_name": "B", "issuer_name": "I", "counts": True, "verdict": {"checks": []},
    }  # fmt: skip
    with transaction():
        db.session.add(ImportedBadge(person_id=person, **words | facts))


def test_a_badge_of_ours_is_named_by_its_id_or_its_public_address(app: Flask) -> None:
    organization = make_organization()
    ada, bob, badge = make_person(organization), make_person(organization), make_badge(organization)
    make_award(badge, Recipient(person=ada))

    assert holds(ada, badge)
    assert holders(address("badges", badge), [ada, bob]) == {ada}
    assert not holds(bob, badge)
    assert holders("nothing", [ada]) == holders("", [ada]) == holders(badge, []) == holders(badge, ["x"]) == set()


def test_what_was_revoked_or_has_expired_is_not_held(app: Flask) -> None:
    organization = make_organization()
    ada, badge = make_person(organization), make_badge(organization)
    award = make_award(badge, Recipient(person=ada))
    with transaction():
        revoke_award(award)
    revoked, now = holds(ada, badge), clock.now()
    make_award(badge, Recipient(person=ada), issued_on=now - timedelta(9), expires=now - timedelta(1))  # type: ignore[arg-type]

    assert not revoked
    assert not holds(ada, badge)


def test_a_badge_from_elsewhere_is_held_while_it_counts(app: Flask) -> None:
    organization = make_organization()
    ada, failed, removed, expired = (make_person(organization) for _ in range(4))
    bring(ada)
    bring(failed, counts=False)
    bring(removed, removed_at=clock.now())
    bring(expired, expires=clock.now() - timedelta(1))

    assert holders(FOREIGN, [ada, failed, removed, expired]) == {ada}
    assert not holds(ada, "https://badges.example/b/2")


def test_nobody_holds_a_badge_by_an_issuer_who_only_took_its_id(app: Flask) -> None:
    """Anybody can sign a 3.0 award whose badge class bears somebody else's id."""
    organization = make_organization()
    forger, by_key, web = (make_person(organization) for _ in range(3))
    bring(forger, issuer="https://badges.example.evil/i")
    bring(by_key, issuer="did:key:z6Mk")
    bring(web, issuer="did:web:badges.example:people")
    own = make_badge(organization)
    bring(forger, badge=address("badges", own), issuer="http://localhost:8000/i")

    assert holders(FOREIGN, [forger, by_key, web]) == {web}
    assert holders(FOREIGN, [forger, by_key, web], issuer_ref="did:key:z6Mk") == {by_key}
    assert not holds(forger, own)
    assert not holds(forger, address("badges", own))


def test_five_thousand_people_are_one_question(app: Flask) -> None:
    organization = make_organization()
    badge = make_badge(organization)
    make_award(badge, Recipient(email="p7@example.org"))
    with transaction() as connection:
        rows = [{"id": f"{n:032}", "organization_id": organization, "email": f"p{n}@example.org"} for n in range(5_000)]
        connection.execute(insert(Person).values(created_at=clock.now()), rows)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))

    found = holders(badge, [row["id"] for row in rows])
    for_many, asked[:] = [one for one in asked if one.lstrip().upper().startswith("SELECT")], []
    alone = holds(f"{7:032}", badge)

    assert (found, alone) == ({f"{7:032}"}, True)
    assert (len(for_many), len([one for one in asked if one.lstrip().upper().startswith("SELECT")])) == (1, 3)
