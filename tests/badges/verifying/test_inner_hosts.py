"""Whoever gives a badge chooses addresses that we ask: hosts that an operator named for LMSs are none of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask

from lti_tool.badges.awards import Recipient
from lti_tool.badges.verifying.verdict import Standard
from lti_tool.fetch import Fetcher
from tests.api.program import make_program
from tests.make.award import make_award
from tests.make.backpack import make_learner
from tests.make.foreign_badge import ForeignPlatform, Reply, as_json, foreign_platform
from tests.make.house import house
from tests.make.issuer import make_worker
from tests.make.organization import make_organization
from tests.make.pathway import make_way, revision
from tests.make.reader import Reader
from tests.make.serving import free_port, serving
from tests.make.space import make_badge

INNER, ISSUERS = "127.0.0.1", "localhost"
MAY_NOT = "address may not be reached from here"


@pytest.fixture
def inner() -> Iterator[ForeignPlatform]:
    """A server in the operator's network, with a valid badge even."""
    with foreign_platform() as served:
        served.issue()
        yield served


@pytest.fixture
def public() -> Iterator[ForeignPlatform]:
    """A platform of somebody outside: the only name that badges may be asked of."""
    with foreign_platform() as served:
        served.url = served.url.replace(INNER, ISSUERS)
        yield served


@pytest.fixture
def tool(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The tool of an operator whose LMS is in the own network."""
    hosts = {"private_hosts": frozenset({INNER}), "private_badge_hosts": frozenset({ISSUERS})}
    with house(tmp_path, database_url=database_url, **hosts) as app:
        yield app


def verified(app: Flask, text: str) -> str:
    """What a stranger reads who gives this to the public page."""
    return Reader(app.test_client()).open("/verify").press("Check the badge", text=text).says


def test_a_stranger_reaches_no_host_that_is_named_for_the_lms_and_learns_nothing_of_it(
    tool: Flask, inner: ForeignPlatform
) -> None:
    inner.replies["/broken"] = Reply(b"down", "text/plain", 500)
    silent = f"http://{INNER}:{free_port()}/awards/1"
    pages = {address: verified(tool, address) for address in (f"{inner.url}/awards/1", f"{inner.url}/broken", silent)}

    assert all(MAY_NOT in page for page in pages.values())
    assert len({page.replace(address, "…") for address, page in pages.items()}) == 1
    assert inner.asked == []


def test_no_way_to_bring_a_badge_leads_there(tool: Flask, inner: ForeignPlatform) -> None:
    organization = make_organization()
    there, badge, way = f"{inner.url}/awards/1", make_badge(organization), make_way(organization)
    editor = make_worker(tool, organization, "editor").browser
    answers = [
        make_program(tool, organization).post("/verify", {"url": there}),
        make_program(tool, organization).post(f"/badges/{badge}/replacement", {"url": there}),
        make_learner(tool, organization=organization).bring(url=there),
        editor.post(f"issuer-pathways/{way}/steps/new", step(there, way)),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(MAY_NOT in answer.text for answer in answers)
    assert inner.asked == []


def step(address: str, way: str) -> dict[str, str]:
    return {"kind": "elsewhere", "address": address, "revision": str(revision(way))}


def picture_there(public: ForeignPlatform, inner: str) -> str:
    award = public.issue()
    public.change("/badges/1", image=f"{inner}/badges/1/image")
    return award.url


def class_there(public: ForeignPlatform, inner: str) -> str:
    award = public.issue()
    public.change(award.path, badge=f"{inner}/badges/1")
    return award.url


def leads_there(public: ForeignPlatform, inner: str) -> str:
    public.replies["/away"] = Reply(b"", status=302, headers={"Location": f"{inner}/awards/1"})
    return f"{public.url}/away"


def baked_in(public: ForeignPlatform, inner: str) -> str:
    """The text of an award whose address is there."""
    return as_json({**public.issue().document, "id": f"{inner}/awards/1"}).decode()


def list_there(public: ForeignPlatform, inner: str) -> str:
    entry = {**public.status_entry(94), "statusListCredential": f"{inner}/status"}
    return public.issue(Standard.V3_DATA_INTEGRITY, credentialStatus=entry).text


@pytest.mark.parametrize("badge", [picture_there, class_there, leads_there, baked_in, list_there])
def test_no_part_of_a_badge_leads_there(
    tool: Flask, public: ForeignPlatform, inner: ForeignPlatform, badge: Callable[[ForeignPlatform, str], str]
) -> None:
    page = verified(tool, badge(public, inner.url))

    assert "This badge is valid" not in page
    assert MAY_NOT in page
    assert inner.asked == []


def test_an_issuer_in_the_own_network_is_named_for_badges_and_the_lms_is_still_reached(
    tool: Flask, public: ForeignPlatform, inner: ForeignPlatform
) -> None:
    lms: Fetcher = tool.extensions["fetcher"]

    assert "This badge is valid" in verified(tool, public.issue().url)
    assert lms.get(f"{inner.url}/issuer").status == 200


def test_our_own_badges_are_checked_wherever_we_live(database_url: str, tmp_path: Path) -> None:
    """On a laptop our own address is a loopback one, and nobody has to name it."""
    port = free_port()
    url = f"http://localhost:{port}"
    with house(tmp_path, database_url=database_url, public_url=url) as app, serving(app, port):
        award = make_award(make_badge(make_organization()), Recipient(email="ada@example.org"))
        answer = requests.post(f"{url}/verify", data={"text": f"{url}/public/assertions/{award}"}, timeout=60)

    assert "This badge is valid" in answer.text
