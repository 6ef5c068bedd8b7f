"""Whether an imported badge still holds is asked again: whoever revokes is believed, whoever is silent gets time."""

from collections.abc import Iterator
from datetime import timedelta
from threading import BoundedSemaphore

import pytest
from flask import Flask, current_app
from sqlalchemy import update

from lti_tool import clock
from lti_tool.badges.backpack.holding import holds
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.backpack.rechecking import look_again, recheck_by_schedule, says_nothing
from lti_tool.badges.verifying.verdict import Check, Outcome, Standard, Verdict
from lti_tool.db import db, transaction
from lti_tool.people.home.proving import remove_address
from tests.make.backpack import Learner, imported, make_learner
from tests.make.foreign_badge import EMAIL, ForeignAward, ForeignPlatform, Reply, foreign_platform


@pytest.fixture
def platform() -> Iterator[ForeignPlatform]:
    with foreign_platform() as served:
        yield served


@pytest.fixture
def learner(app: Flask) -> Learner:
    return make_learner(app)


def brought(learner: Learner, award: ForeignAward) -> str:
    assert learner.bring(text=award.text).status_code == 303
    return imported(learner)[-1].id


def days_pass(days: float) -> None:
    """What was asked and answered before lies so many days further back."""
    then = clock.now() - timedelta(days=days)
    with transaction():
        db.session.execute(update(ImportedBadge).values(tried_at=then, checked_at=then))


def test_a_badge_that_is_revoked_tomorrow_stops_counting_and_says_why(
    learner: Learner, platform: ForeignPlatform
) -> None:
    award = platform.issue(Standard.V3_DATA_INTEGRITY)
    number = brought(learner, award)
    platform.put_status_list([94])
    days_pass(1.5)
    held_before = holds(learner.person, imported(learner)[0].badge_ref)

    recheck_by_schedule()

    page = learner.get(f"backpack/imported/{number}").text
    assert (held_before, holds(learner.person, imported(learner)[0].badge_ref)) == (True, False)
    assert "It does not count any more:" in page
    assert "revoked" in page
    platform.put_status_list()
    days_pass(1.5)
    recheck_by_schedule()
    assert imported(learner)[0].counts


def test_checking_again_by_hand_is_done_once_a_minute(learner: Learner, platform: ForeignPlatform) -> None:
    award = platform.issue()
    number = brought(learner, award)
    too_soon = learner.follow(f"imported/{number}/check")
    asked_then = len(platform.asked)
    days_pass(0.1)
    platform.change(award.path, revoked=True)

    again = learner.follow(f"imported/{number}/check")

    assert "wait a minute" in too_soon.text
    assert len(platform.asked) > asked_then
    assert "Does not count" in again.text
    assert "Does not count" in learner.get().text


def test_when_too_much_is_checked_at_once_nothing_is_written_down(
    app: Flask, learner: Learner, platform: ForeignPlatform
) -> None:
    number = brought(learner, platform.issue())
    days_pass(1)
    app.extensions["verify_places"] = BoundedSemaphore(1)
    app.extensions["verify_places"].acquire()

    busy = learner.post(f"imported/{number}/check")

    assert (busy.status_code, imported(learner)[0].counts, imported(learner)[0].trouble) == (503, True, None)


def test_a_server_that_is_down_takes_no_badge_away_for_a_month(learner: Learner, platform: ForeignPlatform) -> None:
    award = platform.issue()
    number = brought(learner, award)
    standing = platform.replies[award.path]
    platform.replies[award.path] = Reply(b"down", "text/plain", 503)

    days_pass(29)
    look_again(number)
    within = (imported(learner)[0].counts, imported(learner)[0].trouble)
    told = learner.get(f"backpack/imported/{number}").text
    days_pass(31)
    look_again(number)
    beyond = imported(learner)[0].counts
    gone = learner.get(f"backpack/imported/{number}").text
    platform.replies[award.path] = standing
    look_again(number)

    assert (within, beyond) == ((True, "badge_unreachable"), False)
    assert "What was found before still stands." in told
    assert "has not answered for a month" in gone
    assert (imported(learner)[0].counts, imported(learner)[0].trouble) == (True, None)


@pytest.mark.parametrize(
    ("standard", "path"), [(Standard.V3_DATA_INTEGRITY, "/status"), (Standard.V2_SIGNED, "/revoked")]
)
def test_a_list_of_revoked_awards_that_is_down_revokes_nothing(
    learner: Learner, platform: ForeignPlatform, standard: Standard, path: str
) -> None:
    number = brought(learner, platform.issue(standard))
    platform.replies[path] = Reply(b"down", "text/plain", 503)

    look_again(number)

    assert (imported(learner)[0].counts, imported(learner)[0].trouble) == (True, "badge_unreachable")


def test_an_issuer_who_knows_the_award_no_more_is_believed_at_once(learner: Learner, platform: ForeignPlatform) -> None:
    award = platform.issue()
    number = brought(learner, award)
    del platform.replies[award.path]

    look_again(number)

    assert (imported(learner)[0].counts, imported(learner)[0].trouble) == (False, None)


def test_another_award_at_the_same_address_is_not_the_one_that_was_brought(
    learner: Learner, platform: ForeignPlatform
) -> None:
    award = platform.issue(Standard.V3_JWT)
    learner.bring(url=award.url)
    number = imported(learner)[0].id
    other = platform.issue(Standard.V3_JWT, number="2", name="Another")
    platform.replies[award.path] = platform.replies[other.path]

    look_again(number)

    entry = imported(learner)[0]
    assert (entry.counts, entry.badge_name) == (False, "Foreign badge")
    assert "another award than the one that was brought" in learner.get(f"backpack/imported/{number}").text


def test_a_badge_counts_only_while_its_address_is_proved(learner: Learner, platform: ForeignPlatform) -> None:
    number = brought(learner, platform.issue())
    with transaction():
        remove_address(learner.person, EMAIL)

    look_again(number)

    assert not imported(learner)[0].counts
    assert "not proved to be yours now" in learner.get(f"backpack/imported/{number}").text


def test_one_run_asks_for_so_many_and_the_longest_waiting_first(
    app: Flask, learner: Learner, platform: ForeignPlatform
) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"imported_checks": 2})
    ids = [brought(learner, platform.issue(number=number)) for number in "123"]
    days_pass(2)
    with transaction():
        for days, one in enumerate(ids, start=3):
            db.session.get_one(ImportedBadge, one).tried_at = clock.now() - timedelta(days=days)
    platform.asked.clear()

    recheck_by_schedule()
    first = [path for path in platform.asked if path.startswith("/awards/")]
    recheck_by_schedule()
    recheck_by_schedule()
    paths = [path for path in platform.asked if path.startswith("/awards/")]

    assert first == ["/awards/3", "/awards/2"]
    assert paths == ["/awards/3", "/awards/2", "/awards/1"]


def test_a_file_that_is_gone_from_here_takes_no_badge_away_and_says_so(
    learner: Learner, platform: ForeignPlatform
) -> None:
    number = brought(learner, platform.issue())
    current_app.extensions["storage"].delete(imported(learner)[0].original_key)

    look_again(number)

    assert (imported(learner)[0].counts, imported(learner)[0].trouble) == (True, "original_missing")
    assert "bring the badge once more" in learner.get(f"backpack/imported/{number}").text
    assert learner.get(f"backpack/imported/{number}/original").status_code == 404


SILENT = Check("picture", Outcome.FAILED, "It did not answer.")


@pytest.mark.parametrize(
    ("checks", "silent", "nothing_said"),
    [
        ([SILENT], True, True),
        ([SILENT], False, False),
        ([SILENT, Check("revoked", Outcome.FAILED, "The issuer has revoked it.")], True, False),
        ([SILENT, Check("dates", Outcome.FAILED, "It has expired.")], True, False),
        ([SILENT, Check("revoked", Outcome.PASSED, "It is in no list.")], True, True),
    ],
)
def test_silence_does_not_drown_what_somebody_said(checks: list[Check], silent: bool, nothing_said: bool) -> None:
    assert says_nothing(Verdict(tuple(checks), None, silent)) is nothing_said
