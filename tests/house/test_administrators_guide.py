"""The administrator's guide can be followed: every word that it prints in italics is pressed here where the guide says
so, or read there as a heading or a label.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.launch.model import Deployment, Registration
from lti_tool.places import PACKAGE
from tests.launch.registration.some_lms import TOKEN, SomeLms, some_lms
from tests.make.admin import ORIGIN, make_link
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.visit import make_visit

GUIDE = PACKAGE.parent / "docs" / "guides" / "administrator.md"
READ_AS = "//h1 | //h2 | //h3 | //label | //summary | //button | //a"


class Follower(Reader):
    """Presses and reads what the guide names, and remembers it. `of` is what a screen reader hears behind the words."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.test_client())
        self.found: set[str] = set()

    def follow(self, words: str, of: str = "") -> "Follower":
        super().follow(f"{words} {of}".strip())
        self.found.add(words)
        return self

    def press(self, words: str, of: str = "", **fields: Any) -> "Follower":
        super().press(f"{words} {of}".strip(), **fields)
        assert self.answer.status_code == 200, self.says
        self.found.add(words)
        return self

    def read(self, *words: str) -> "Follower":
        shown = {seen(one) for one in self.page.xpath(READ_AS)}
        assert set(words) <= shown, (set(words) - shown, self.path)
        self.found |= set(words)
        return self


def seen(element: Any) -> str:
    """Its words without those for screen readers alone."""
    copy = deepcopy(element)
    for hidden in copy.find_class("visually-hidden"):
        hidden.drop_tree()
    return " ".join(copy.text_content().split())


@pytest.fixture
def lms() -> Iterator[SomeLms]:
    with some_lms() as running:
        yield running


def test_the_administrators_guide_can_be_followed_word_by_word(mailing: Flask, lms: SomeLms) -> None:
    guide = Follower(mailing)

    signs_in(guide)
    connects(guide, Follower(mailing), lms)
    registration = by_hand(guide)
    lets_in_and_out(guide, registration)
    sees_whether_it_works(guide)
    changes_keys(guide)
    switches_off_and_on(guide)
    looks_after_issuers_and_people(guide, mailing)

    words = " ".join(GUIDE.read_text().replace("**", "").split())
    assert set(re.findall(r"\*([^*]+)\*", words)) - guide.found == set()


def signs_in(guide: Follower) -> None:
    guide.open("/admin").read("Send me a link")
    guide.open(f"/admin{make_link()}").press("Sign in")
    guide.follow("Administrators").read("Invite an administrator", "Sign out everywhere")
    guide.press("Invite", name="Kim Klein").press("Disable", of="Kim Klein").follow("Platforms")


def connects(guide: Follower, at_the_lms: Follower, lms: SomeLms) -> None:
    guide.read("Connect an LMS", "Guides").press("Make a registration URL").press("Withdraw")
    guide.press("Make a registration URL")
    invitation = urlsplit(re.findall(rf"{ORIGIN}/lti/register/[\w-]+", guide.says)[0]).path
    asked = urlencode({"openid_configuration": lms.address, "registration_token": TOKEN})
    at_the_lms.open(f"{invitation}?{asked}").press("Look at the LMS").press("Connect this LMS")
    guide.found |= at_the_lms.found
    guide.open("/admin").read("Connect another LMS")


def by_hand(guide: Follower) -> str:
    """Connects one more, and has a second and a third deployment of it wait. Answers its id."""
    theirs = {"auth_url": "auth", "token_url": "token", "jwks_url": "keys"}
    fields = {name: f"https://lms.example/{path}" for name, path in theirs.items()}
    guide.follow("Connect by hand")
    guide.press("Connect", issuer="https://lms.example", client_id="us", deployment="first", name="Ours", **fields)
    db.session.rollback()
    registration = db.session.scalars(select(Registration.id).where(Registration.client_id == "us")).one()
    with transaction():
        for name in ("second", "third"):
            db.session.add(Deployment(registration_id=registration, deployment_id=name, status="pending"))
    return registration


def lets_in_and_out(guide: Follower, registration: str) -> None:
    guide.open("/admin").press("Let it in", of="second").open("/admin")
    guide.press("Keep it out", of="third")
    assert guide.path == f"/admin/platforms/{registration}"
    guide.press("Switch on again", of="third").press("Switch off", of="third")
    guide.read("Give it to an organization").press("Give", to="new", name="North School")


def sees_whether_it_works(guide: Follower) -> None:
    guide.read("Connection", "What has really worked", "What the LMS grants", "Its clock", "Keys")
    guide.follow("Launches").follow("Refused only").follow("Conformance").read("Download the evidence (ZIP)")
    assert "What launches of Ours have shown" in guide.follow("Connection").follow("Conformance").says
    guide.follow("Self-test").press("Start a self-test").open("/admin")


def changes_keys(guide: Follower) -> None:
    guide.follow("Ours").follow("Keys").press("Rotate")
    guide.follow("A key got into wrong hands").press("Stop all old keys now")
    assert "stopped" in guide.says
    guide.press("It stores a copy of one key").press("Prepare a new key").read("The LMS has the new key")
    guide.press("Sign with the new key", entered="yes")
    assert "signs no more, still published" in guide.says


def switches_off_and_on(guide: Follower) -> None:
    guide.follow("Connection").press("Switch off")
    assert "Nobody gets in from this LMS" in guide.says
    guide.press("Switch on again")


def looks_after_issuers_and_people(guide: Follower, app: Flask) -> None:
    organization = db.session.scalars(select(Registration.organization_id)).first() or ""
    db.session.rollback()
    person = make_person(organization, "Ada Lovelace", "ada@example.org")

    guide.follow("Issuers").read("Make an issuer")
    words = {"name": "Biology", "url": "https://biology.example", "email": "biology@school.example"}
    guide.press("Make the issuer", organization=organization, **words)
    guide.press("Find", find="Ada").press("Give", of="Ada Lovelace", role="owner")
    guide.press("Invite", email="eve@example.org")
    guide.follow("People").press("Find", find="Ada Lovelace").read("Export everything").follow("Erase…")
    assert "Erased." in guide.press("Erase for good", code=person[-6:]).says
    guide.follow("Activity")

    visit = make_visit(app, organization=organization, person=make_person(organization, "Bo", None))
    somebody = Follower(app)
    somebody.client = visit.client
    somebody.open(f"{visit.path}/").follow("My data")
    guide.found |= somebody.found
