"""An independent judge reads our credentials of Open Badges 3.0 where everybody reads them: from the running tool."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from lti_tool.app import create_app
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.badge_reads import badge_facts
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.openbadge.vc_jwt import read_jwt, sign_jwt
from lti_tool.badges.revisions import BadgeWords, revise
from lti_tool.badges.signing.keys import RSA, signing_keys
from lti_tool.db import transaction
from lti_tool.settings import Settings
from tests.judges.verdicts import Verdict, openbadgeslib_v3
from tests.make.award import make_award
from tests.make.inside import inside
from tests.make.keys import make_keys, make_rotation
from tests.make.organization import make_organization
from tests.make.serving import free_port, serving
from tests.make.space import make_badge

ACCEPTED = Verdict(True, (), ())
FORMS = ("credentials/{}.json", "credentials/{}.jwt", "assertions/{}/image.png", "assertions/{}/image.svg")


@dataclass
class Issued:
    """The tool, running, with one award."""

    loopback: str
    issuer: str
    badge: str
    award: str

    def get(self, path: str, accept: str = "*/*") -> bytes:
        url = f"http://{self.loopback}/public/{path}"
        answer = requests.get(url, headers={"Accept": accept}, timeout=30)
        answer.raise_for_status()
        return answer.content

    def saved(self) -> list[bytes]:
        """Every form of the credential, as somebody saves it."""
        return [self.get(form.format(self.award)) for form in FORMS]

    def lists(self) -> list[bytes]:
        return [self.get(f"status/{self.issuer}-0", accept) for accept in ("*/*", "application/vc+jwt")]

    def verdicts(self, badges: list[bytes]) -> list[Verdict]:
        return openbadgeslib_v3(badges, self.loopback)


@pytest.fixture
def issued(settings: Settings) -> Iterator[Issued]:
    port = free_port()
    app = create_app(settings.model_copy(update={"public_url": f"http://localhost:{port}"}))
    with inside(app), serving(app, port):
        organization = make_organization("Школа")
        issuer, badge = first_issuer_of(organization), make_badge(organization, "Welding")
        make_keys(issuer)
        words = {"narrative": "Held.\t]]> 溶接 ✓ \x0b", "evidence": 'https://example.org/{a}?"b"'}
        yield Issued(f"localhost:{port}", issuer, badge, make_award(badge, Recipient(email="ada@example.org"), **words))


def test_every_form_of_a_credential_is_accepted_and_so_is_the_status_list(issued: Issued) -> None:
    assert issued.verdicts([*issued.saved(), *issued.lists()]) == [ACCEPTED] * 6


def test_what_somebody_saved_is_known_to_be_revoked_by_the_status_list(issued: Issued) -> None:
    saved = issued.saved()
    other = make_award(issued.badge, Recipient(email="bob@example.org"))
    with transaction():
        revoke_award(issued.award)

    verdicts = issued.verdicts([*saved, *issued.lists(), issued.get(f"credentials/{other}.json")])

    assert [verdict.valid for verdict in verdicts] == [False] * 4 + [True] * 3
    assert all("revocation" in verdict.errors[0] for verdict in verdicts[:4])


def test_a_class_that_was_replaced_is_signed_anew_and_what_was_saved_before_stays_good(issued: Issued) -> None:
    before = issued.saved()
    with transaction():
        facts = badge_facts(issued.badge)
        assert facts is not None
        revise(issued.badge, BadgeWords("Brazing", "D", "C"), facts.pictures, expected=1, by=None)

    after = issued.saved()

    assert issued.verdicts([*before, *after]) == [ACCEPTED] * 8
    assert [json.loads(one[0])["credentialSubject"]["achievement"]["name"] for one in (before, after)] == [
        "Welding",
        "Brazing",
    ]


def test_after_a_rotation_the_old_and_the_new_are_good_and_after_one_at_once_the_new_alone(issued: Issued) -> None:
    first = issued.saved()
    make_rotation(issued.issuer)
    second = issued.saved()
    rotated = issued.verdicts([*first, *second, *issued.lists()])

    make_rotation(issued.issuer, at_once=True)
    third = issued.saved()

    assert rotated == [ACCEPTED] * 10
    verdicts = issued.verdicts([*first, *second, *third, *issued.lists()])
    assert [verdict.valid for verdict in verdicts] == [False] * 8 + [True] * 6
    assert len({first[0], second[0], third[0]}) == 3


def test_tampering_and_foreign_keys_are_found_out(issued: Issued) -> None:
    document = json.loads(issued.get(f"credentials/{issued.award}.json"))
    _, claims = read_jwt(issued.get(f"credentials/{issued.award}.jwt").decode())
    other = first_issuer_of(make_organization("Elsewhere"))
    make_keys(other)
    foreign = signing_keys(other)[RSA]
    own_kid = f"http://{issued.loopback}/public/keys/{signing_keys(issued.issuer)[RSA].public.id}"
    head, payload, signature = issued.get(f"credentials/{issued.award}.jwt").decode().split(".")
    tampered = [
        json.dumps(document | {"name": "Another"}),
        json.dumps(document | {"validUntil": "2999-01-01T00:00:00Z"}),
        json.dumps(document | {"note": "no context knows this"}),
        json.dumps(document | {"proof": [document["proof"][0] | {"created": "2026-01-01T00:00:00Z"}]}),
        json.dumps({name: value for name, value in document.items() if name != "credentialStatus"}),
        f"{head}.{payload[:-4]}AAAA.{signature}",
        sign_jwt(claims, foreign.private, kid=own_kid),
        sign_jwt(claims, foreign.private, kid=f"http://{issued.loopback}/public/keys/{foreign.public.id}"),
    ]

    verdicts = issued.verdicts([text.encode() for text in tampered])

    assert [verdict.valid for verdict in verdicts] == [False] * len(tampered)
