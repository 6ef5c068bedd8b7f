"""Whoever waits for a badge hears of everything that may have changed who holds it."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from lti_tool import clock
from lti_tool.badges.awarding.batches import begin_giving, undo_batch
from lti_tool.badges.awards import Recipient, award_badge, award_to_person, correct_award, revoke_award
from lti_tool.badges.backpack.importing import put_back, take_out
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.backpack.rechecking import UNANSWERED, look_again, note_silence
from lti_tool.badges.events import HoldingChanged
from lti_tool.db import db, transaction
from lti_tool.launch.roster.applying import Destination, apply_roster
from lti_tool.launch.roster.page import Roster
from lti_tool.people.home.proving import prove_address, remove_address
from tests.launch.roster.roster_server import learner
from tests.make.award import make_award
from tests.make.backpack import imported, make_learner
from tests.make.foreign_badge import foreign_platform
from tests.make.person import make_person
from tests.make.space import make_badge, make_space
from tests.make.table import make_table
from tests.make.visit import make_registration

ADA = "ada@example.org"


def listen(app: Flask) -> list[HoldingChanged]:
    """What is said of holdings from now on."""
    said: list[HoldingChanged] = []
    app.extensions["reactions"] = {**app.extensions["reactions"], HoldingChanged: (said.append,)}
    return said


def what_is_said(said: list[HoldingChanged], act: Callable[[], object]) -> list[HoldingChanged]:
    said.clear()
    with transaction():
        act()
    return list(said)


def test_an_award_is_heard_of_when_it_is_given_taken_as_ones_own_corrected_and_revoked(
    app: Flask, organization: str
) -> None:
    heard = listen(app)
    badge, ada, bob = make_badge(organization), make_person(organization), make_person(organization)
    awards: list[str] = []

    given = what_is_said(heard, lambda: awards.append(award_badge(badge=badge, recipient=Recipient(email=ADA)).id))
    claimed = what_is_said(heard, lambda: award_to_person(awards[0], person=ada))
    corrected = what_is_said(heard, lambda: awards.append(correct_award(awards[0], recipient=Recipient(person=bob)).id))
    revoked = what_is_said(heard, lambda: revoke_award(awards[1]))

    assert given == [HoldingChanged(badge, addresses=(ADA,))]
    assert claimed == [HoldingChanged(badge, persons=(ada,), addresses=(ADA,))]
    assert corrected == [HoldingChanged(badge, persons=tuple(sorted((ada, bob))), addresses=(ADA,))]
    assert revoked == [HoldingChanged(badge, persons=(bob,))]


def test_a_table_is_heard_of_when_it_is_given_and_when_it_is_taken_back(app: Flask, organization: str) -> None:
    heard = listen(app)
    badge, staff = make_badge(organization), make_person(organization)
    batch = make_table(badge, staff, [ADA, "bob@example.org", ADA])

    given = what_is_said(heard, lambda: begin_giving(batch))
    undone = what_is_said(heard, lambda: undo_batch(batch))

    assert given == undone == [HoldingChanged(badge, addresses=(ADA, "bob@example.org"))]


def test_a_badge_from_elsewhere_is_heard_of_when_it_begins_and_ceases_to_count(app: Flask) -> None:
    with foreign_platform() as elsewhere:
        person, award = make_learner(app), elsewhere.issue()
        said = listen(app)
        person.bring(text=award.text)
        came, row = list(said), imported(person)[0]
        out = what_is_said(said, lambda: take_out(person.person, row.id))
        back = what_is_said(said, lambda: put_back(person.person, row.id))
        said.clear()
        look_again(row.id)
        unchanged = list(said)
        with transaction():
            db.session.execute(update(ImportedBadge).values(checked_at=clock.now() - UNANSWERED - timedelta(1)))
        silent = what_is_said(said, lambda: note_silence(row.id, "badge_unreachable"))
        look_again(row.id)
        counts_again = list(said)[1:]
        elsewhere.change(award.path, revoked=True)
        said.clear()
        look_again(row.id)

    assert came == out == back == silent == counts_again == said
    assert said == [HoldingChanged(None, row.badge_ref, (person.person,))]
    assert unchanged == []


def test_an_address_is_heard_of_when_it_turns_out_to_be_somebodys(app: Flask, organization: str) -> None:
    badge, ada, bob = make_badge(organization), make_person(organization), make_person(organization)
    make_award(badge, Recipient(email=ADA))
    make_award(make_badge(organization), Recipient(bob, ADA))  # stands with somebody already
    to = Destination(make_registration(organization), organization, make_space(organization), clock.now())
    said = listen(app)

    proved = what_is_said(said, lambda: prove_address(ada, ADA))
    again = what_is_said(said, lambda: prove_address(ada, ADA))
    removed = what_is_said(said, lambda: remove_address(ada, ADA))
    listed = what_is_said(said, lambda: read_roster(to, ADA))
    listed_again = what_is_said(said, lambda: read_roster(to, ADA))
    left = what_is_said(said, lambda: read_roster(to, "other@example.org"))

    assert proved == removed == [HoldingChanged(badge, persons=(ada,), addresses=(ADA,))]
    assert listed == left
    assert [(one.badge, one.addresses, len(one.persons)) for one in listed] == [(badge, (ADA,), 1)]
    assert again == listed_again == []


def read_roster(to: Destination, email: str) -> None:
    roster = Roster()
    roster.add([learner("u1", "Ada", email=email)])
    apply_roster(roster, to)
