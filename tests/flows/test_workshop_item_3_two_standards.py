"""Workshop item 3, two standards: one click gives an award whose picture verifiers of 2.0 and of 3.0 accept."""

import io
import json
from typing import Any
from urllib.parse import urlsplit

import openbadges_bakery
import requests
from click.testing import CliRunner
from sqlalchemy import select

from lti_tool.badges.model import Issuer
from lti_tool.badges.openbadge.status_list import decode_bits
from lti_tool.cli import main
from lti_tool.db import db
from tests.flows.steps import add_objective, award_page, create_space_with_roster, mark_complete
from tests.judges.verdicts import Verdict, badgecheck, openbadgeslib, openbadgeslib_v3
from tests.make.hands import press
from tests.make.lms import Browser, Campus

ACCEPTED = Verdict(True, (), ())


def get(address: str, accept: str = "*/*") -> requests.Response:
    return requests.get(address, headers={"Accept": accept}, timeout=20)


def issuer_of(school: Campus) -> str:
    db.session.rollback()
    return db.session.scalars(select(Issuer.id).where(Issuer.organization_id == school.organization)).one()


def onion(school: Campus) -> tuple[Browser, requests.Response, requests.Response]:
    """A learner has earned a badge. Answers the teacher, the overview and the public page of the award."""
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut an onion")
    return teacher, overview, award_page(teacher, mark_complete(teacher, overview, "O'Connor"), "O'Connor")


def credential_at(page: requests.Response, form: str = "") -> str:
    return page.url.replace("/assertions/", "/credentials/") + form


def rotate(issuer: str, *how: str) -> None:
    db.session.rollback()
    assert CliRunner().invoke(main, ["issuer", "rotate-keys", issuer, *how]).exit_code == 0


def is_revoked(credential: dict[str, Any]) -> bool:
    """As a verifier finds it out who saved the credential."""
    status = credential["credentialStatus"]
    found = get(status["statusListCredential"]).json()["credentialSubject"]
    return int(status["statusListIndex"]) in decode_bits(found["encodedList"])


def test_one_picture_is_accepted_by_the_verifiers_of_both_standards(school: Campus) -> None:
    _, _, page = onion(school)
    here = urlsplit(page.url).netloc

    png, svg = (get(f"{page.url}/image.{form}").content for form in ("png", "svg"))
    proof, text = (get(credential_at(page, form)) for form in (".json", ".jwt"))

    assert [badgecheck(picture, here) for picture in (png, svg)] == [ACCEPTED] * 2
    assert [openbadgeslib(picture, here) for picture in (png, svg)] == [ACCEPTED] * 2
    assert openbadgeslib_v3([png, svg, proof.content, text.content], here) == [ACCEPTED] * 4
    assert json.loads(openbadges_bakery.unbake(io.BytesIO(png)))["id"] == page.url
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert proof.json()["credentialSubject"]["achievement"]["name"] == "Cut an onion"


def test_keys_are_rotated_and_what_a_learner_saved_before_stays_good_unless_they_were_stolen(school: Campus) -> None:
    _, _, page = onion(school)
    here, issuer = urlsplit(page.url).netloc, issuer_of(school)
    saved = get(f"{page.url}/image.png")

    rotate(issuer)
    anew = get(f"{page.url}/image.png")
    peaceful = openbadgeslib_v3([saved.content, anew.content], here)
    rotate(issuer, "--at-once")
    stolen = openbadgeslib_v3([saved.content, anew.content, get(f"{page.url}/image.png").content], here)

    assert peaceful == [ACCEPTED] * 2
    assert [verdict.valid for verdict in stolen] == [False, False, True]
    assert saved.headers["ETag"] != anew.headers["ETag"]
    assert badgecheck(saved.content, here) == ACCEPTED  # the hosted award of 2.0 needs no key


def test_the_empty_the_refused_and_the_undone_case(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    issuer, root = issuer_of(school), f"{school.url}/public"
    empty = get(f"{root}/profiles/{issuer}")

    add_objective(teacher, overview, "Cut an onion")
    grid = mark_complete(teacher, overview, "O'Connor")
    page = award_page(teacher, grid, "O'Connor")
    saved = get(credential_at(page)).json()
    list_address = saved["credentialStatus"]["statusListCredential"]
    refused = [get(f"{root}/{path}") for path in ("credentials/nobody", "keys/none", f"status/{issuer}-7")]
    before = is_revoked(saved), get(list_address).headers["ETag"]
    press(teacher, grid, "Undo")

    gone = [get(address) for address in (page.url, credential_at(page), credential_at(page, ".jwt"))]
    assert (empty.status_code, "verificationMethod" in empty.json()) == (200, False)
    assert [(one.status_code, one.json()["error"]["code"]) for one in refused] == [(404, "public_unknown")] * 3
    assert [one.status_code for one in gone] == [410] * 3
    assert (before[0], is_revoked(saved)) == (False, True)
    assert get(list_address).headers["ETag"] != before[1]
    assert get(f"{root}/revocations/{issuer}").json()["revokedAssertions"][0] == page.url
    assert get(f"{root}/revoked-credentials/{issuer}").json()["revokedCredential"][0]["id"] == saved["id"]
    here = urlsplit(page.url).netloc
    assert not openbadgeslib_v3([json.dumps(saved).encode()], here)[0].valid
