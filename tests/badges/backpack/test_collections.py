"""Collections: put together, put in order, shown to others, and taken back at once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.verifying.verdict import Standard
from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from tests.make.award import make_award
from tests.make.backpack import Learner, imported, make_learner
from tests.make.foreign_badge import foreign_platform
from tests.make.person import make_person
from tests.make.space import make_badge

PAGE = {"Accept": "text/html"}


@pytest.fixture
def learner(app: Flask) -> Learner:
    return make_learner(app, email="ada@school.example")


def give(learner: Learner, name: str, **words: Any) -> str:
    """An award to the learner, as a form names it."""
    return "award:" + make_award(make_badge(learner.organization, name), Recipient(person=learner.person), **words)


def begin(learner: Learner, *refs: str, name: str = "My best") -> str:
    """A collection of these badges. Answers its id."""
    collection = learner.post("collections", {"name": name}).location.rpartition("/")[2]
    for ref in refs:
        assert learner.post("collections/entries", {"collection": collection, "badge": ref}).status_code == 303
    return collection


def names(text: str) -> list[str]:
    return re.findall(r'class="objective-title"[^>]*>(?:<a [^>]*>)?<bdi>([^<]*)', text)


def entry_of(text: str, badge: str) -> str:
    row = next(row for row in text.split("<li ") if f"<bdi>{badge}</bdi>" in row)
    return re.search(r"entries/([0-9a-f]{32})/remove", row)[1]  # type: ignore[index]


@pytest.fixture
def foreign(learner: Learner) -> Iterator[str]:
    """A badge from elsewhere in the learner's backpack, as a form names it."""
    with foreign_platform() as platform:
        learner.bring(text=platform.issue(Standard.V3_JWT).text)
        yield f"imported:{imported(learner)[0].id}"


def test_a_collection_is_filled_and_put_in_order(learner: Learner, foreign: str) -> None:
    one, two = give(learner, "One"), give(learner, "Two")
    collection = begin(learner, one, two, foreign, one)
    page = f"collections/{collection}"
    first = learner.get(f"backpack/{page}").text

    learner.post(f"{page}/entries/{entry_of(first, 'Foreign badge')}/move", {"by": "up"})
    learner.post(f"{page}/entries/{entry_of(first, 'One')}/move", {"by": "up"})
    moved = learner.get(f"backpack/{page}").text
    out = learner.follow(f"{page}/entries/{entry_of(first, 'Two')}/remove").text
    back = learner.follow("collections/entries", {"collection": collection, "badge": two}).text

    assert names(first) == ["One", "Two", "Foreign badge"]
    assert names(moved) == ["One", "Foreign badge", "Two"]
    assert names(out) == ["One", "Foreign badge"]
    assert "is out of the collection." in out
    assert names(back) == ["One", "Foreign badge", "Two"]


def test_others_see_it_only_while_it_is_shared_and_no_more_than_was_chosen(
    app: Flask, learner: Learner, foreign: str
) -> None:
    now = clock.now()
    revoked = give(learner, "Revoked")
    expired = give(learner, "Over", issued_on=now - timedelta(9), expires=now - timedelta(1))
    collection = begin(learner, give(learner, "One"), revoked, expired, foreign)
    with transaction():
        revoke_award(revoked.partition(":")[2])
    stranger, public = app.test_client(), f"/public/collections/{collection}"
    before = stranger.get(public, headers=PAGE)

    learner.post(f"collections/{collection}/share", {"shared": "yes"})
    shared = stranger.get(public, headers=PAGE)
    [picture] = re.findall(rf'src="({public}/[0-9a-f]+\.png)"', shared.text)
    seen = stranger.get(picture)
    learner.post(f"collections/{collection}", {"name": "My best", "description": "In the lab.", "shows_name": "y"})
    named = stranger.get(public, headers=PAGE)
    learner.post(f"collections/{collection}/share", {"shared": "no"})
    after = [stranger.get(address, headers=PAGE).status_code for address in (public, picture)]

    assert (before.status_code, shared.status_code, after) == (404, 200, [404, 404])
    assert names(shared.text) == ["One", "Over", "Foreign badge"]
    assert "Expired on" in shared.text
    assert shared.text.count("/verify?url=http") == 1
    assert not any(word in shared.text for word in ("Ada", "ada@"))
    assert "Ada Lovelace" in named.text
    assert "ada@" not in named.text
    assert (seen.mimetype, shared.headers["X-Robots-Tag"]) == ("image/png", "noindex")
    assert shared.headers["Access-Control-Allow-Origin"] == "*"
    assert '<meta property="og:title" content="My best">' in shared.text
    assert 'content="In the lab."' in named.text
    assert shared.headers["Cache-Control"] == "no-store"


def test_a_collection_of_somebody_who_is_gone_or_of_a_badge_that_is_not_theirs_any_more_shows_nothing(
    app: Flask, learner: Learner
) -> None:
    award = make_award(make_badge(learner.organization), Recipient(email="ada@school.example"))
    collection = begin(learner, f"award:{award}")
    learner.post(f"collections/{collection}/share", {"shared": "yes"})
    stranger, public = app.test_client(), f"/public/collections/{collection}"
    shown = names(stranger.get(public, headers=PAGE).text)

    make_person(learner.organization, "Ada the second", "ada@school.example")
    disputed = stranger.get(public, headers=PAGE)
    with transaction():
        db.session.get_one(Person, learner.person).disabled_at = clock.now()
    gone = stranger.get(public, headers=PAGE)

    assert (shown, names(disputed.text), gone.status_code) == (["Explorer"], [], 404)
    assert "There is no badge in this collection now." in disputed.text


def test_deleting_asks_first_and_keeps_the_badges(app: Flask, learner: Learner) -> None:
    collection = begin(learner, give(learner, "One"))
    learner.post(f"collections/{collection}/share", {"shared": "yes"})

    asked = learner.get(f"backpack/collections/{collection}/delete")
    still = learner.get(f"backpack/collections/{collection}").status_code
    deleted = learner.follow(f"collections/{collection}/delete")

    assert "This cannot be undone." in asked.text
    assert (still, app.test_client().get(f"/public/collections/{collection}").status_code) == (200, 404)
    assert "The collection is deleted" in deleted.text
    assert "There is no collection yet" in deleted.text
    assert names(learner.get().text) == ["One"]


def test_nobody_touches_anothers_collection_nor_puts_anothers_badge_into_theirs(app: Flask, learner: Learner) -> None:
    award = give(learner, "One")
    theirs = begin(learner, award)
    entry = entry_of(learner.get(f"backpack/collections/{theirs}").text, "One")
    stranger = make_learner(app, proven=None, organization=learner.organization)
    mine = begin(stranger)
    preview = make_learner(app, organization=learner.organization, preview=True)

    tried = [
        stranger.get(f"backpack/collections/{theirs}"),
        stranger.get(f"backpack/collections/{theirs}/delete"),
        stranger.get(f"backpack/{award.replace(':', 's/')}"),
        stranger.post(f"{award.replace(':', 's/')}/name", {"shows": "yes"}),
        stranger.post(f"collections/{theirs}", {"name": "Mine"}),
        *(stranger.post(f"collections/{theirs}/{deed}") for deed in ("share", "delete")),
        *(stranger.post(f"collections/{place}/entries/{entry}/{deed}")
          for place in (theirs, mine) for deed in ("remove", "move")),
        *(stranger.post("collections/entries", {"collection": place, "badge": badge})
          for place, badge in ((theirs, award), (mine, award), (mine, ""), ("", "imported:x"), (mine, "award:" * 99))),
    ]  # fmt: skip

    assert {answer.status_code for answer in tried} == {404}
    assert preview.post("collections", {"name": "x"}).status_code == 403
    assert names(learner.get(f"backpack/collections/{theirs}").text) == ["One"]


def test_a_collection_needs_a_name_and_there_are_not_any_number_of_them(
    learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.badges.backpack.collections.MOST_COLLECTIONS", 1)
    monkeypatch.setattr("lti_tool.badges.backpack.collections.MOST_ENTRIES", 1)
    empty = learner.post("collections", {"name": " \u200b "})
    long = learner.post("collections", {"name": "x" * 121})
    one, two = give(learner, "One"), give(learner, "Two")
    collection = begin(learner, one, name="<b>Mine</b>")

    many = learner.post("collections", {"name": "Second"})
    full = learner.post("collections/entries", {"collection": collection, "badge": two})

    assert [answer.status_code for answer in (empty, long, many, full)] == [400, 422, 409, 409]
    assert "<b>Mine" not in learner.get("backpack/collections").text
