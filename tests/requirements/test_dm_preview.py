"""The preview, Cancel and Replace Badge: DM-13, DM-14, DM-23 to DM-26."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.awards import Recipient
from lti_tool.badges.badge_reads import badge_facts
from lti_tool.badges.model import BadgeRevision
from lti_tool.db import db
from lti_tool.people.admin.model import AuditEntry
from lti_tool.settings import Settings
from tests.make.award import make_award
from tests.make.crowd import together
from tests.make.elsewhere import Elsewhere, make_png
from tests.make.everything import everything
from tests.make.home import make_home
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge, make_member, make_objective, make_space
from tests.make.staff import make_staff
from tests.requirements.conftest import Desk


def revisions(desk: Desk) -> list[str]:
    """What the badge was called, revision by revision."""
    query = select(BadgeRevision.name).where(BadgeRevision.badge_id == desk.badge).order_by(BadgeRevision.number)
    db.session.rollback()
    return list(db.session.scalars(query))


def deeds() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "badge.replaced")))


def test_dm_13_everything_that_a_badge_says_and_shows_is_replaced(desk: Desk, foreign: Elsewhere) -> None:
    """Picture, name, description, criteria, tags and alignments are replaced, for good."""
    before = badge_facts(desk.badge)
    assert before is not None

    desk.preview(url=foreign.award(picture=make_png("crimson"))).press("Replace Badge")

    now = badge_facts(desk.badge)
    assert now is not None
    assert (now.name, now.description) == ("Navigator", "Found the way without a map.")
    assert (now.criteria, now.tags) == ("Cross the *forest* alone.", ("maps", "outdoors"))
    assert now.alignments == ({"name": "Orientation", "url": "https://skills.example/orientation"},)
    assert now.png_key != before.png_key
    assert now.svg_key != before.svg_key


def test_dm_14_it_can_be_edited_afterwards_and_not_reverted(desk: Desk, foreign: Elsewhere) -> None:
    """Afterwards the badge can be edited as before, but not reverted."""
    page = desk.preview(url=foreign.award()).press("Replace Badge")
    assert "Revert" not in page.says
    assert not [one for one in page.page.iter("a", "button") if "revert" in one.text_content().lower()]

    page.follow("Edit").press("Save", badge_name="Pilot")

    assert revisions(desk) == ["Explorer", "Navigator", "Pilot"]


def test_dm_23_a_page_shows_how_the_badge_will_appear(desk: Desk, foreign: Elsewhere) -> None:
    """A page of its own shows how the badge will appear before it is replaced."""
    space = make_space(desk.organization, "Geography")
    make_objective(space, desk.organization, badge=desk.badge)
    make_member(space, desk.organization)
    make_award(desk.badge, Recipient(person=make_person(desk.organization, "Grace Hopper")))

    page = desk.preview(url=foreign.award(picture=make_png("crimson")))

    assert "/replacement/" in page.path
    assert ("Explorer did it." in page.says, "Found the way without a map." in page.says) == (True, True)
    changed = [one.getparent().text.strip() for one in page.page.find_class("tag-changed")]
    assert changed == ["Picture", "Name", "Description", "Criteria", "Tags", "Alignments"]
    assert "2 awards 2 people 1 Space" in page.says
    assert "Spaces that use it: Geography" in page.says
    assert "Grace Hopper" in page.says
    shown = [one.get("src") for one in page.page.iter("img")]
    assert desk.editor.client.get(shown[-1]).get_data() != desk.editor.client.get(shown[0]).get_data()


def test_dm_24_the_preview_says_that_it_cannot_be_reverted(desk: Desk, foreign: Elsewhere) -> None:
    """The preview says that it cannot be reverted."""
    page = desk.preview(url=foreign.award())

    assert "You will not be able to revert this." in page.says


def test_dm_25_cancel_changes_nothing_and_forgets(desk: Desk, foreign: Elsewhere, settings: Settings) -> None:
    """Cancel leads back to Data Management, leaves the badge unchanged and forgets what was fetched."""
    page = desk.preview(url=foreign.award())
    preview, before = page.path, everything()
    assert kept(settings.data_dir)

    page.press("Cancel")

    assert page.path == f"/home/badges/{desk.badge}/data"
    assert "Cancelled. The badge is unchanged" in page.says
    assert everything() == before
    assert kept(settings.data_dir) == []
    assert "This preview is not there any more" in page.open(preview).says


def kept(folder: Path) -> list[Path]:
    return [path for path in (folder / "previews").rglob("*") if path.is_file()]


def test_dm_26_it_is_replaced_once_however_often_it_is_pressed(app: Flask, desk: Desk, foreign: Elsewhere) -> None:
    """Replace Badge changes picture and text at once, only once, and refuses a preview that is older than the badge."""
    first, path = desk.preview(url=foreign.award()), desk.editor.path
    form = dict(first.form_of("Replace Badge").form_values())
    press = partial(_press, app, desk, path, form)

    answers = together(app, [press] * 4)  # a double click, twice over
    again = first.press("Replace Badge")

    assert revisions(desk) == ["Explorer", "Navigator"]
    assert sorted(answers) == ["already", "already", "already", "replaced"]
    assert "Pressing once more has changed nothing." in again.says
    assert [one.facts for one in deeds()] == [{"from": 1, "to": 2, "source": "url", "awards": 1}]
    assert (deeds()[0].subject, deeds()[0].scope) == (desk.badge, desk.issuer)


def _press(app: Flask, desk: Desk, path: str, form: dict[str, str]) -> str:
    """The same browser, pressed in another thread."""
    client = app.test_client()
    cookie = desk.editor.client.get_cookie("home_session", path="/home")
    assert cookie is not None
    client.set_cookie(cookie.key, cookie.value, path="/home")
    answer = client.post(path, data=form, headers={"Origin": "http://localhost:8000"})
    return answer.headers["Location"].rpartition("=")[2]


def test_dm_26_a_preview_that_is_older_than_the_badge_is_refused(desk: Desk, foreign: Elsewhere) -> None:
    """Replace Badge changes picture and text at once, only once, and refuses a preview that is older than the badge."""
    address = foreign.award()
    old = Reader(desk.editor.client).open(desk.preview(url=address).path)
    desk.at_the_badge().follow("Edit").press("Save", badge_name="Meanwhile")

    old.press("Replace Badge")

    assert old.answer.status_code == 409
    assert "This badge was changed in the meantime" in old.says
    assert revisions(desk) == ["Explorer", "Meanwhile"]
    assert "Replace this badge" in old.follow("Begin again").says


def test_dm_26_a_preview_serves_one_person_one_badge_and_one_hour(
    app: Flask, desk: Desk, foreign: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replace Badge changes picture and text at once, only once, and refuses a preview that is older than the badge."""
    other_badge, colleague = make_badge(desk.organization, "Painter"), make_person(desk.organization, "Carl Colleague")
    make_staff(desk.issuer, colleague, "editor")
    path = desk.preview(url=foreign.award()).path
    token = path.rpartition("/")[2]
    theirs = Reader(make_home(app, colleague).client)

    refused = [
        theirs.open(path),
        Reader(desk.editor.client).open(f"/home/badges/{other_badge}/replacement/{token}"),
        Reader(desk.editor.client).open(f"/home/badges/{desk.badge}/replacement/{'0' * 64}"),
        Reader(desk.editor.client).open(f"/home/badges/{desk.badge}/replacement/..%2f..%2fsecret_key"),
    ]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=59))
    in_time = desk.editor.open(path).says
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=61))
    late = desk.editor.press("Replace Badge")

    assert [one.answer.status_code for one in refused[:3]] == [410, 410, 410]
    assert refused[3].answer.status_code in (404, 410)
    assert "How the badge will appear" in in_time
    assert late.answer.status_code == 410
    assert revisions(desk) == ["Explorer"]
