"""Independent judges read our awards where everybody reads them: from the running tool, by address and picture."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from lti_tool.app import create_app
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.badge_classes import define_badge
from lti_tool.badges.issuers import edit_issuer, first_issuer_of
from lti_tool.badges.pictures_kept import drawn_picture, keep_picture
from lti_tool.badges.revisions import BadgeWords
from lti_tool.db import transaction
from lti_tool.settings import Settings
from tests.html_guard import guard_html
from tests.judges.verdicts import Verdict, badgecheck, openbadgeslib
from tests.make.award import make_award
from tests.make.inside import inside
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.serving import free_port, serving

ADA = "ada@example.org"
ACCEPTED = Verdict(True, (), ())


@dataclass
class Hosted:
    """The tool, running, with one badge."""

    loopback: str
    organization: str
    badge: str

    def address(self, award: str, end: str = "") -> str:
        return f"http://{self.loopback}/public/assertions/{award}{end}"

    def award(self, recipient: Recipient) -> str:
        return make_award(self.badge, recipient, narrative="Held. ]]> 溶接 ✓")

    def picture(self, award: str, form: str) -> bytes:
        answer = requests.get(self.address(award, f"/image.{form}"), timeout=30)
        answer.raise_for_status()
        return answer.content

    def verdicts(self, badge: str | bytes) -> list[Verdict]:
        return [badgecheck(badge, self.loopback), openbadgeslib(badge, self.loopback)]


@pytest.fixture
def hosted(settings: Settings) -> Iterator[Hosted]:
    port = free_port()
    app = create_app(settings.model_copy(update={"public_url": f"http://localhost:{port}"}))
    faults = guard_html(app)
    with inside(app), serving(app, port):
        organization = make_organization("Школа")
        yield Hosted(f"localhost:{port}", organization, _rich_badge(first_issuer_of(organization)))
    assert not faults, "\n".join(faults)


def _rich_badge(issuer: str) -> str:
    """A badge that says all that one can say, of an issuer that has a picture."""
    aligned = {
        "name": "Welder",
        "url": "https://esco.example/w",
        "description": "Welds.",
        "framework": "ESCO",
        "code": "7",
    }
    said = BadgeWords("Welding", "Welds.", "Weld *it*.", None, ("metal", "溶接"), (aligned,), "Certificate")
    with transaction():
        edit_issuer(issuer, description="A school", picture=lambda: keep_picture(drawn_picture("a school")))
        return define_badge(issuer, said, picture=drawn_picture()).id


def test_both_judges_accept_an_award_by_its_address_its_png_and_its_svg(hosted: Hosted) -> None:
    award = hosted.award(Recipient(email="Ada@Example.org"))

    for badge in (hosted.address(award), hosted.picture(award, "png"), hosted.picture(award, "svg")):
        assert hosted.verdicts(badge) == [ACCEPTED, ACCEPTED]


def test_both_judges_know_the_recipient_and_nobody_else(hosted: Hosted) -> None:
    award = hosted.address(hosted.award(Recipient(email=ADA)))

    for address, valid in ((ADA, True), ("eve@example.org", False)):
        assert badgecheck(award, hosted.loopback, {"email": address}).valid is valid
        assert openbadgeslib(award, hosted.loopback, address).valid is valid


def test_both_judges_accept_an_award_to_somebody_without_an_address(hosted: Hosted) -> None:
    award = hosted.award(Recipient(person=make_person(hosted.organization)))

    for badge in (hosted.address(award), hosted.picture(award, "png"), hosted.picture(award, "svg")):
        assert hosted.verdicts(badge) == [ACCEPTED, ACCEPTED]


def test_both_judges_refuse_a_revoked_award_and_every_picture_saved_before(hosted: Hosted) -> None:
    award = hosted.award(Recipient(email=ADA))
    saved = hosted.picture(award, "png"), hosted.picture(award, "svg")
    with transaction():
        revoke_award(award, reason="By mistake")

    for badge in (hosted.address(award), *saved):
        assert [verdict.valid for verdict in hosted.verdicts(badge)] == [False, False]


def test_an_award_stays_good_when_another_one_of_the_issuer_is_revoked(hosted: Hosted) -> None:
    award, other = hosted.award(Recipient(email=ADA)), hosted.award(Recipient(email="bob@example.org"))
    with transaction():
        revoke_award(other)

    listed = requests.get(
        f"http://{hosted.loopback}/public/revocations/{first_issuer_of(hosted.organization)}", timeout=30
    )

    assert listed.json()["revokedAssertions"]
    assert hosted.verdicts(hosted.address(award)) == [ACCEPTED, ACCEPTED]
