"""What is changed shows at the next question, and what is not changed costs next to nothing to ask for again."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from lti_tool import clock
from lti_tool.badges.awards import Recipient
from lti_tool.badges.badge_reads import badge_facts
from lti_tool.badges.issuers import edit_issuer, first_issuer_of
from lti_tool.badges.model import Award
from lti_tool.badges.openbadge.unbaking import read_png
from lti_tool.badges.pictures_kept import drawn_picture, keep_picture
from lti_tool.badges.public_reads import SLICE
from lti_tool.badges.revisions import BadgeWords, revise
from lti_tool.db import db, public_id, transaction
from tests.make.award import make_award
from tests.make.keys import make_rotation
from tests.make.space import make_badge

PAGE = {"Accept": "text/html"}


@pytest.fixture
def badge(organization: str) -> str:
    return make_badge(organization)


@pytest.fixture
def award(badge: str) -> str:
    return make_award(badge, Recipient(email="ada@example.org"))


def counted(ask: Callable[[], object]) -> int:
    """How many statements a question costs."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    ask()
    event.remove(db.engine, "before_cursor_execute", note)
    return len([one for one in sent if one.startswith("SELECT")])


def replace(badge: str) -> None:
    """Other words and another picture."""
    facts = badge_facts(badge)
    assert facts is not None
    with transaction():
        pictures = keep_picture(drawn_picture("quite another seed"))
        revise(badge, BadgeWords("Replaced", "New words.", "New criteria."), pictures, expected=facts.revision, by=None)


def test_a_replaced_badge_shows_everywhere_at_the_next_question_and_then_rests(
    client: FlaskClient, badge: str, award: str
) -> None:
    addresses = [f"/public/badges/{badge}.json", f"/public/badges/{badge}/image.png",
                 *(f"/public/assertions/{award}/image.{form}" for form in ("png", "svg"))]  # fmt: skip
    had = [client.get(address) for address in addresses]
    page = client.get(f"/public/assertions/{award}", headers=PAGE).text

    replace(badge)
    now = [
        client.get(one, headers={"If-None-Match": old.headers["ETag"]}) for one, old in zip(addresses, had, strict=True)
    ]
    again = [
        client.get(one, headers={"If-None-Match": new.headers["ETag"]}) for one, new in zip(addresses, now, strict=True)
    ]

    assert [one.status_code for one in now] == [200] * 4
    assert all(new.data != old.data for new, old in zip(now, had, strict=True))
    assert [one.status_code for one in again] == [304] * 4
    assert "Explorer" in page
    shown = client.get(f"/public/assertions/{award}", headers=PAGE).text
    assert "Replaced" in shown
    assert "Explorer" not in shown
    assert now[0].get_json()["name"] == "Replaced"
    assert json.loads(read_png(now[2].data)["openbadges"]) == client.get(f"/public/assertions/{award}.json").get_json()


def test_a_renamed_issuer_and_a_rotated_key_make_other_pictures(
    client: FlaskClient, organization: str, award: str
) -> None:
    address, issuer = f"/public/assertions/{award}/image.png", first_issuer_of(organization)
    tags = [client.get(address).headers["ETag"]]

    with transaction():
        edit_issuer(issuer, name="Renamed")
    tags.append(client.get(address).headers["ETag"])
    make_rotation(issuer)
    tags.append(client.get(address).headers["ETag"])

    assert len(set(tags)) == 3


def test_whoever_has_it_already_costs_one_question_to_the_database(
    client: FlaskClient, organization: str, badge: str, award: str
) -> None:
    issuer = first_issuer_of(organization)
    paths = [f"issuers/{issuer}", f"badges/{badge}", f"badges/{badge}/image.png", f"assertions/{award}",
             f"assertions/{award}/image.png", f"assertions/{award}/image.svg"]  # fmt: skip
    tags = {path: client.get(f"/public/{path}").headers["ETag"] for path in paths}

    for path, tag in tags.items():
        assert counted(lambda: client.get(f"/public/{path}", headers={"If-None-Match": tag})) == 1, path  # noqa: B023
    assert counted(lambda: client.get(f"/public/assertions/{award}/image.png")) == 1


def test_a_revocation_list_of_thousands_comes_in_pieces_and_is_told_apart_by_a_count(
    client: FlaskClient, organization: str, badge: str
) -> None:
    address, many = f"/public/revocations/{first_issuer_of(organization)}", SLICE + 5
    empty = client.get(address)
    now = clock.now()
    rows = [
        {"id": public_id(), "number": number, "badge_id": badge, "recipient_email": f"{number}@example.org",
         "salt": "s", "issued_on": now, "revoked_at": now + timedelta(seconds=number), "revision": 2, "repeat": False,
         "shows_name": False}
        for number in range(1, many + 1)
    ]  # fmt: skip
    with transaction() as connection:
        connection.execute(insert(Award), rows)

    listed = client.get(address, headers={"If-None-Match": empty.headers["ETag"]})
    said = listed.get_json()["revokedAssertions"]
    again = client.get(address, headers={"If-None-Match": listed.headers["ETag"]})
    asked = counted(lambda: client.get(address, headers={"If-None-Match": listed.headers["ETag"]}))

    assert (listed.status_code, listed.content_length) == (200, None)
    assert len(said) == 2 * many
    assert len({one for one in said if isinstance(one, str)}) == many
    assert (again.status_code, again.data) == (304, b"")
    assert asked == 2
    assert client.head(address).headers["ETag"] == listed.headers["ETag"]
