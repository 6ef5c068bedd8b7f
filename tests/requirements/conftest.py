"""Where the requirements are shown: an editor of an issuer at `/home`, with a badge that several people hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask_migrate import upgrade

from lti_tool.app import create_app
from lti_tool.badges.awards import Recipient
from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.pictures_kept import cleaned_picture
from lti_tool.badges.signing.keys import ensure_keys
from lti_tool.db import db, transaction
from lti_tool.settings import Settings
from tests.make.award import make_award
from tests.make.elsewhere import Elsewhere, elsewhere, make_png
from tests.make.home import make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.serving import free_port, serving
from tests.make.space import make_badge
from tests.make.staff import make_staff

ISSUER = "Example University"


@dataclass
class Desk:
    """An editor's browser and what is on the desk. `award` is Ada's award of the badge `Explorer`."""

    editor: Reader
    organization: str
    issuer: str
    badge: str
    award: str

    def at_the_issuer(self) -> Reader:
        """The issuer's Data Management, as a person goes there."""
        return self.editor.open("/home").follow("Issuers").follow(ISSUER).follow("Data Management")

    def at_the_badge(self) -> Reader:
        """The badge's Data Management, as a person goes there."""
        return self.editor.open("/home").follow("Issuers").follow(ISSUER).follow("Explorer").follow("Data Management")

    def preview(self, **given: str | bytes) -> Reader:
        """Fill in a field and press Continue."""
        return self.at_the_badge().press("Continue", **given)


@pytest.fixture
def desk(app: Flask, organization: str) -> Desk:
    issuer, person = first_issuer_of(organization), make_person(organization, "Edda Editor")
    words = {"name": "Explorer", "description": "Explorer did it.", "criteria": "Do it."}
    with transaction():
        badge = create_badge(issuer=issuer, picture=cleaned_picture(make_png("navy")), **words).id
    make_staff(issuer, person, "editor")
    award = make_award(badge, Recipient(email="ada@example.org"), narrative="She went first.")
    return Desk(Reader(make_home(app, person).client), organization, issuer, badge, award)


@pytest.fixture
def foreign() -> Iterator[Elsewhere]:
    """A platform of other people."""
    with elsewhere() as place:
        yield place


@dataclass(frozen=True)
class AnotherServer:
    """Another installation of the same tool: a badge server with an award of `Wayfinder`, issued in both versions."""

    url: str
    award: str

    def given(self, form: str) -> dict[str, str | bytes]:
        """What somebody saves or copies there: an address, the 3.0 credential as JSON or JWT, or the picture."""
        credential = f"{self.url}/public/credentials/{self.award}"
        assertion = f"{self.url}/public/assertions/{self.award}"
        match form:
            case "url":
                return {"url": assertion}
            case "image":
                return {"image": requests.get(f"{assertion}/image.png", timeout=20).content}
            case _:
                return {"json": requests.get(f"{credential}.{form}", timeout=20).text}


@pytest.fixture(scope="module")
def another_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnotherServer]:
    folder, port = tmp_path_factory.mktemp("another"), free_port()
    url = f"http://127.0.0.1:{port}"
    app = create_app(Settings(data_dir=Path(folder), public_url=url, log_level="CRITICAL"))
    with app.app_context():
        upgrade()
        school = make_organization("Another School")
        award = make_award(make_badge(school, "Wayfinder"), Recipient(email="bo@example.org"))
        with transaction():
            ensure_keys(first_issuer_of(school))
        db.session.remove()
    with serving(app, port):
        yield AnotherServer(url, award)
    with app.app_context():
        db.engine.dispose()
