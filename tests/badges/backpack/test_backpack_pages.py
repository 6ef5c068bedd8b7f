"""What lies in a backpack and how its holder sees it, in a visit and at home."""

import re
from datetime import timedelta

from flask import Flask

from lti_tool import clock
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.people.visit import Role
from tests.make.award import make_award
from tests.make.backpack import make_learner
from tests.make.home import make_home, make_proven
from tests.make.organization import make_organization
from tests.make.space import make_badge, make_space

PAGE = {"Accept": "text/html"}


def test_every_badge_of_every_issuer_lies_there_with_its_state(app: Flask) -> None:
    learner = make_learner(app, email="ada@school.example", proven=None)
    now = clock.now()
    make_award(make_badge(learner.organization, "Good"), Recipient(person=learner.person))
    make_award(make_badge(learner.organization, "By mail"), Recipient(email="ada@school.example"))
    back = make_award(make_badge(make_organization(), "Back"), Recipient(person=learner.person))
    over = {"issued_on": now - timedelta(9), "expires": now - timedelta(1)}
    make_award(make_badge(learner.organization, "Over"), Recipient(person=learner.person), **over)  # type: ignore[arg-type]
    with transaction():
        revoke_award(back, reason="A <b>mistake</b>")

    text = learner.get().text
    found = learner.get("backpack?q=BY+mai&sort=name").text
    nothing = learner.get("backpack?q=zzz&page=9&sort=wrong").text
    taken_back = learner.get(f"backpack/awards/{back}").text
    odd = [learner.get(f"backpack?page={page}").status_code for page in ("-1", "x", "9" * 50, "²", "0")]

    tiles = {re.search(r"<bdi>(.*?)</bdi>", tile)[1]: tile for tile in text.split("<li")[1:] if "badge-picture" in tile}  # type: ignore[index]
    assert set(tiles) == {"Good", "By mail", "Back", "Over"}
    assert "Valid" in tiles["By mail"]
    assert "Expired" in tiles["Over"]
    assert "A &lt;b&gt;mistake&lt;/b&gt;" in tiles["Back"]
    assert [name for name in tiles if "badge-over" in tiles[name]] == ["Back", "Over"]
    assert re.findall(r"objective-title[^>]*><bdi>(.*?)<", found) == ["By mail"]
    assert "None of your badges matches “zzz”." in nothing
    assert "Download" not in taken_back
    assert "The issuer took this badge back" in taken_back
    assert odd == [200] * 5
    assert "Some badges may wait for you" in text


def test_a_long_list_is_turned_page_by_page(app: Flask) -> None:
    learner = make_learner(app, role=Role.STAFF)
    badge = make_badge(learner.organization)
    first = make_award(badge, Recipient(person=learner.person))
    with transaction():
        row = db.session.get_one(Award, first)
        for number in range(30):
            db.session.add(
                Award(
                    number=1000 + number, badge_id=badge, person_id=learner.person, salt="s", repeat=True,
                    issued_on=row.issued_on,
                )
            )  # fmt: skip

    pages = [learner.get(f"backpack?page={page}").text for page in (1, 2)]

    assert [page.count("badge-picture") for page in pages] == [24, 7]
    assert 'rel="next"' in pages[0]
    assert 'rel="prev"' in pages[1]
    assert "Page 2 of 2" in pages[1]


def test_the_own_name_stands_on_a_public_page_only_while_its_holder_wants_it(app: Flask) -> None:
    learner = make_learner(app)
    award = make_award(make_badge(learner.organization), Recipient(email="ada@example.org"))
    stranger, public = app.test_client(), f"/public/assertions/{award}"
    before = stranger.get(public, headers=PAGE).text

    on = learner.follow(f"awards/{award}/name", {"shows": "yes"})
    during = stranger.get(public, headers=PAGE).text
    undone = learner.follow(f"awards/{award}/name", {"shows": "no"})
    after = stranger.get(public, headers=PAGE).text

    assert "Your name stands on its public page from now on." in on.text
    assert "Undo" in on.text
    assert "does not say your name any more" in undone.text
    assert ["Ada Lovelace" in page for page in (before, during, after)] == [False, True, False]


def test_an_empty_backpack_says_how_a_badge_comes_into_it(app: Flask) -> None:
    learner = make_learner(app, proven=None, space=None)
    space = make_space(learner.organization)
    inside = make_learner(app, proven=None, space=space, organization=learner.organization)

    text = learner.get().text

    assert "There is no badge here yet." in text
    assert "/backpack/import" in text
    assert "/addresses" in text
    assert "/backpack" in inside.get("awards").text


def test_the_backpack_is_the_same_at_home(app: Flask) -> None:
    learner = make_learner(app)
    award = make_award(make_badge(learner.organization), Recipient(email="ada@example.org"))
    home = make_home(app, learner.person)

    pages = [home.get(f"backpack{page}") for page in ("", f"/awards/{award}", "/import", "/collections")]
    made = home.post("backpack/collections", {"name": "At home"})
    there = home.client.get(made.location)
    refused = home.post("backpack/import", {"text": "x"})
    out = app.test_client().get("/home/backpack")

    assert [page.status_code for page in pages] == [200] * 4
    assert "Explorer" in pages[0].text
    assert made.location.startswith("/home/backpack/collections/")
    assert "At home" in there.text
    assert refused.status_code == 422
    assert out.status_code == 303
    assert "/sign-in" in out.location


def test_an_award_that_is_held_already_by_name_is_not_claimed_twice(app: Flask) -> None:
    """The unique rule of the database allows one award of a badge to a person; the second stays with its address."""
    learner = make_learner(app, proven=None)
    badge = make_badge(learner.organization)
    make_award(badge, Recipient(person=learner.person))
    second = make_award(badge, Recipient(email="second@example.org"))
    make_proven(learner.person, "second@example.org")

    answer = learner.post(f"awards/{second}/name", {"shows": "yes"})

    assert answer.status_code == 303
    db.session.rollback()
    row = db.session.get_one(Award, second)
    assert (row.person_id, row.shows_name) == (None, True)
