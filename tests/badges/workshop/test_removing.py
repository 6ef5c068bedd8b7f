"""Archiving and deleting a badge class, and what stands in the way."""

from functools import partial

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.badges.awards import Recipient, award_badge
from lti_tool.badges.backpack.model import Collection, CollectionEntry
from lti_tool.badges.badge_reads import badge_facts, badges_of_issuer
from lti_tool.badges.removing import delete_badge
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.spaces.completions import complete
from lti_tool.spaces.model import Objective, Space
from lti_tool.spaces.objectives import ObjectiveWords, create_objective
from tests.make.crowd import at_once
from tests.make.issuer import Worker, make_worker
from tests.make.space import make_badge, make_member, make_objective, make_space


@pytest.fixture
def owner(app: Flask, organization: str, space: str) -> Worker:
    return make_worker(app, organization, space=space)


def test_a_badge_that_nobody_has_is_deleted_by_the_second_button(app: Flask, organization: str, owner: Worker) -> None:
    badge = make_badge(organization, "A mistake")

    asked = owner.browser.get(f"badges/{badge}/delete")
    assert badge_facts(badge) is not None
    deleted = owner.browser.post(f"badges/{badge}/delete")
    db.session.rollback()

    assert "Delete the badge for good" in asked.text
    assert (deleted.status_code, badge_facts(badge)) == (303, None)
    assert "The badge is deleted" in owner.browser.client.get(deleted.location).text
    assert app.test_client().get(f"/public/badges/{badge}").status_code == 404
    assert owner.browser.post(f"badges/{badge}/delete").status_code == 404


def test_what_stands_in_the_way_is_listed_and_archiving_is_offered(
    organization: str, space: str, owner: Worker
) -> None:
    badge = make_badge(organization, "Explorer")
    make_objective(space, organization, badge=badge)
    make_objective(make_space(organization, "Of others"), organization, badge=badge)
    with transaction():
        award = award_badge(badge=badge, recipient=Recipient(email="ada@example.org"))
        shelf = Collection(person_id=owner.person, name="Mine")
        db.session.add(shelf)
        db.session.flush()
        db.session.add(CollectionEntry(collection_id=shelf.id, award_id=award.id, position=0))

    refused = owner.browser.post(f"badges/{badge}/delete")

    assert refused.status_code == 409
    for words in (
        "1 award",
        "Biology 101",
        "Objectives of 1 Space of other staff",
        "1 collection",
        "Archive the badge",
    ):
        assert words in refused.text
    assert "Of others" not in refused.text
    assert badge_facts(badge) is not None


def test_an_archived_badge_is_offered_no_more_until_it_is_restored(
    app: Flask, organization: str, space: str, owner: Worker
) -> None:
    badge = make_badge(organization, "Explorer")

    owner.browser.post(f"badges/{badge}/archive", {"archived": "yes"})
    owner.browser.post(f"badges/{badge}/archive", {"archived": "yes"})

    assert badges_of_issuer(owner.issuer) == []
    assert "Explorer" not in owner.browser.get("objectives/new").text
    assert "This badge is archived" in owner.browser.get(f"badges/{badge}").text
    assert app.test_client().get(f"/public/badges/{badge}").status_code == 200
    owner.browser.post(f"badges/{badge}/archive", {"archived": "no"})
    assert "Explorer" in owner.browser.get("objectives/new").text


def test_objectives_that_give_an_archived_badge_go_on_and_nothing_new_comes_of_it(
    organization: str, space: str, owner: Worker
) -> None:
    badge, member = make_badge(organization, "Explorer"), make_member(space, organization)
    objective = make_objective(space, organization, badge=badge)
    over = make_space(organization, "Last year")
    make_objective(over, organization, badge=badge)
    with transaction():
        db.session.get_one(Space, over).archived_at = clock.now()

    before = owner.browser.get(f"badges/{badge}")
    owner.browser.post(f"badges/{badge}/archive", {"archived": "yes"})
    after = owner.browser.get(f"badges/{badge}")
    with transaction():
        done = complete(objective_id=objective, member_id=member, by=None)

    assert "1 objective that gives it already goes on giving it." in before.text
    assert "1 objective that gives it already goes on giving it." in after.text
    corrected = owner.browser.post(
        f"badges/{badge}/awards/{done.award}/correct", {"reason": "A slip.", "issued_on": f"{clock.now():%Y-%m-%d}"}
    )
    assert corrected.status_code == 303
    assert owner.browser.get(f"badges/{badge}/give").status_code == 409
    with pytest.raises(Problem, match="no_more_awards"):
        make_objective(space, organization, badge=badge)


def test_a_badge_that_is_chosen_while_it_is_deleted_is_refused_or_stays(
    app: Flask, organization: str, space: str
) -> None:
    badges = [make_badge(organization, f"Fleeting {number}") for number in range(8)]
    words = ObjectiveWords("Chosen")
    acts = [act for one in badges for act in (
        partial(delete_badge, one), partial(create_objective, space, badge=one, words=words),
    )]  # fmt: skip

    outcomes = at_once(app, acts)
    refused = sorted(one.code for one in outcomes if isinstance(one, Problem))
    db.session.rollback()

    assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Problem)]
    assert len(refused) == len(badges)
    assert set(refused) <= {"badge_in_the_way", "not_found"}
    assert db.session.query(Objective).count() == refused.count("badge_in_the_way")


def test_an_awarder_changes_nothing(app: Flask, organization: str) -> None:
    awarder, badge = make_worker(app, organization, "awarder"), make_badge(organization)

    for page in ("archive", "delete", "edit"):
        assert awarder.browser.post(f"badges/{badge}/{page}").status_code == 403
    assert awarder.browser.get(f"badges/{badge}").status_code == 200
    assert "Archive the badge" not in awarder.browser.get(f"badges/{badge}").text
