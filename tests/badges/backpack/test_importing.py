"""Bringing a badge from elsewhere: checked first, kept as it came, and only if it counts."""

import io
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.badges.awards import Recipient
from lti_tool.badges.backpack import import_pages
from lti_tool.badges.backpack.holding import holds
from lti_tool.badges.backpack.importing import picture_found, sweep_removed, take_in
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.hosted import address
from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.given import bytes_of
from lti_tool.badges.verifying.verdict import Standard
from lti_tool.db import db, transaction
from lti_tool.people.admin.model import AuditEntry
from tests.make.award import make_award
from tests.make.backpack import Learner, imported, make_learner
from tests.make.foreign_badge import ForeignAward, ForeignPlatform, foreign_platform, picture
from tests.make.person import make_person
from tests.make.space import make_badge


@pytest.fixture
def learner(app: Flask) -> Learner:
    return make_learner(app)


@pytest.fixture
def platform() -> Iterator[ForeignPlatform]:
    with foreign_platform() as served:
        yield served


def file(data: bytes, name: str = "badge.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def kept_files() -> int:
    folder = Path(current_app.extensions["settings"].data_dir) / "files"
    return sum(1 for one in folder.rglob("*") if one.is_file())


def ways(award: ForeignAward) -> dict[str, tuple[dict[str, Any], bytes]]:
    """Every way to bring this award, and the bytes that are kept of it."""
    text = award.text.encode()
    return {
        "png": ({"file": file(award.png)}, award.png),
        "svg": ({"file": file(award.svg, "a.svg")}, award.svg),
        "url": ({"url": f" {award.url} "}, award.url.encode()),
        "json": ({"text": award.text}, text),
        "jwt": ({"file": file(text, "a.jwt")}, text),
    }


def test_a_badge_comes_in_every_way_and_its_file_goes_out_as_it_came(learner: Learner) -> None:
    with foreign_platform() as platform:
        hosted = ways(platform.issue(Standard.V2_HOSTED))
        signed = ways(platform.issue(Standard.V3_JWT, number="2"))
        for number, form in enumerate(("png", "svg", "url", "json", "jwt")):
            fields, original = (signed if form == "jwt" else hosted)[form]
            added = learner.follow("import", fields)
            row = imported(learner)[-1]
            download = learner.get(f"backpack/imported/{row.id}/original")

            assert "Every check was passed" in added.text
            assert (row.form, row.counts, len(imported(learner))) == (form, True, 1 if number < 4 else 2)
            assert download.data == original
            assert download.mimetype == "application/octet-stream"
            assert download.headers["Content-Disposition"].startswith('attachment; filename="foreign-badge.')
            assert "sandbox" in download.headers["Content-Security-Policy"]
    shown = learner.get()
    image = learner.get(f"backpack/imported/{row.id}/picture.png")

    assert shown.text.count("Foreign College") == 2
    assert (image.mimetype, image.data[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert b"openbadge" not in image.data
    assert holds(learner.person, row.badge_ref)


def test_the_same_badge_twice_is_one_entry_and_the_log_names_nobody(learner: Learner) -> None:
    with foreign_platform() as platform:
        award = platform.issue(Standard.V3_DATA_INTEGRITY)
        first = learner.bring(text=award.text).location
        second = learner.bring(file=file(award.png)).location
    deeds = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "badge.imported")).all()

    assert first == second
    assert [row.form for row in imported(learner)] == ["png"]
    assert not current_app.extensions["storage"].exists(sha256(award.text.encode()).hexdigest())
    assert [(deed.actor, deed.facts) for deed in deeds] == [
        (learner.person, {"form": "json"}), (learner.person, {"form": "png"}),
    ]  # fmt: skip


def test_a_badge_that_does_not_hold_is_refused_with_its_reasons_and_nothing_is_kept(
    learner: Learner, platform: ForeignPlatform
) -> None:
    before = kept_files()

    expired = learner.bring(url=platform.issue(expires="2024-06-01T12:00:00Z").url)
    unsure = learner.bring(text=platform.issue(number="2", verification={"type": "SignedBadge"}).text)

    assert (expired.status_code, unsure.status_code) == (422, 422)
    assert "it has expired" in expired.text
    assert "does not say that it is to be checked" in unsure.text
    assert "Nothing was kept" in unsure.text
    assert (imported(learner), kept_files()) == ([], before)


def test_a_badge_for_another_address_waits_until_that_is_proved(app: Flask) -> None:
    only_asserted = make_learner(app, proven=None, email="ada@example.org")
    with foreign_platform() as platform:
        award = platform.issue(email="ada@example.org")
        refused = only_asserted.bring(text=award.text)
        proved = make_learner(app).bring(text=award.text)

    assert refused.status_code == 422
    assert "given to an address that you have not proved" in refused.text
    assert "/addresses" in refused.text
    assert imported(only_asserted) == []
    assert proved.status_code == 303


def test_an_award_of_ours_is_found_and_not_brought_in(learner: Learner) -> None:
    badge = make_badge(learner.organization)
    mine = make_award(badge, Recipient(email="ada@example.org"))
    other = make_award(badge, Recipient(person=make_person(learner.organization)))

    held = learner.follow("import", {"url": address("assertions", mine)})
    refused = learner.bring(url=address("assertions", other))

    assert "You hold this badge already" in held.text
    assert "given to somebody else" in refused.text
    assert imported(learner) == []


NO_BADGES: dict[str, dict[str, Any]] = {
    "Choose a file, or enter an address or a text.": {},
    "Give one thing only": {"url": "https://b.example/", "text": "{}"},
    "neither JSON": {"text": "no badge"},
    "This file holds no badge": {"file": b"GIF89a"},
    "This file is empty.": {"file": b""},
    "no text either": {"file": b"\xff\xfe\x00"},
    "shows a badge, but nobody": {"file": picture()},
    "is no PNG or SVG picture that can be read": {"file": picture()[:40]},
    "it is no JSON": {"text": '{"type": "Assertion"'},
    "nested too deeply": {"text": '{"a":' * 100 + "1" + "}" * 100},
    "cannot be read:": {"text": '{"a":' * 5000 + "1" + "}" * 5000},
    "This is not an awarded badge": {"text": '{"type": "BadgeClass", "name": "x"}'},
    "may not be reached from here": {"url": "https://10.0.0.1/badge"},
    "no web address": {"url": "javascript:alert(1)"},
    "2000": {"url": "https://b.example/" + "x" * 3000},
    "200000": {"text": "x" * 210_000},
}


def test_what_is_no_badge_is_refused_in_words(learner: Learner) -> None:
    for said, fields in NO_BADGES.items():
        sent = {**fields, "file": file(fields["file"])} if "file" in fields else fields
        answer = learner.bring(**sent)

        assert answer.status_code == 422, said
        assert said in answer.text
    assert imported(learner) == []


def test_ids_that_no_row_can_hold_are_refused_in_words(learner: Learner) -> None:
    with foreign_platform() as platform:
        long = platform.issue(Standard.V2_SIGNED, id="urn:x:" + "y" * 600)
        before = kept_files()
        refused = learner.bring(text=long.text)

    assert (refused.status_code, imported(learner), kept_files()) == (422, [], before)
    assert "An id in it is too long" in refused.text


def test_a_full_backpack_takes_no_more_and_says_so(app: Flask, learner: Learner) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"imported_badges": 1})
    with foreign_platform() as platform:
        first, second = platform.issue(), platform.issue(number="2")
        learner.bring(text=first.text)
        before = kept_files()
        full = learner.bring(file=file(second.png))
        kept = kept_files() - before
        again = learner.bring(text=first.text)

    assert (full.status_code, again.status_code, kept) == (409, 303, 0)
    assert "The backpack is full" in full.text


def test_a_badge_that_is_refused_at_the_last_moment_leaves_no_file(
    app: Flask, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two came at once, and there was room for one."""
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"imported_badges": 1})
    with foreign_platform() as platform:
        first, second = platform.issue(), platform.issue(number="2", name="Another badge")
        learner.bring(text=first.text)
        before = kept_files()
        monkeypatch.setattr(import_pages, "ask_for_place", lambda *_: None)
        full = learner.bring(file=file(second.png))

    assert (full.status_code, len(imported(learner)), kept_files()) == (409, 1, before)


def test_the_files_of_a_badge_are_there_though_somebody_forgot_the_same_before_the_commit(learner: Learner) -> None:
    with foreign_platform() as platform:
        given = Given("json", platform.issue().text)
        verdict = check_badge(given)
    assert verdict.award is not None
    picture, storage = picture_found(given, verdict.award), current_app.extensions["storage"]
    with transaction():
        row = take_in(learner.person, learner.organization, given, verdict, picture)
        for key in (row.original_key, row.picture_key):
            storage.delete(str(key))

    assert (storage.get(row.original_key), storage.get(str(row.picture_key))) == (bytes_of(given), picture.png)


def a_day_passes(learner: Learner) -> None:
    """What they took out, they took out a day ago."""
    then = clock.now() - timedelta(days=1, minutes=1)
    with transaction():
        taken_out = ImportedBadge.removed_at.is_not(None) & (ImportedBadge.person_id == learner.person)
        db.session.execute(update(ImportedBadge).where(taken_out).values(removed_at=then))
    sweep_removed()


def test_a_badge_that_is_taken_out_can_be_put_back_for_a_day(learner: Learner) -> None:
    with foreign_platform() as platform:
        learner.bring(text=platform.issue().text)
    row = imported(learner)[0]
    number, originals = row.id, (row.original_key, str(row.picture_key))

    out = learner.follow(f"imported/{number}/remove")
    gone = learner.get(f"backpack/imported/{number}")
    held_then = holds(learner.person, row.badge_ref)
    back = learner.follow(f"imported/{number}/restore")
    learner.post(f"imported/{number}/remove")
    sweep_removed()
    still_there = len(imported(learner))
    a_day_passes(learner)
    late = learner.post(f"imported/{number}/restore")

    assert "was taken out." in out.text
    assert "There is no badge here yet" in out.text
    assert (gone.status_code, held_then, back.status_code) == (404, False, 200)
    assert (still_there, len(imported(learner)), late.status_code) == (1, 0, 404)
    assert not any(map(current_app.extensions["storage"].exists, originals))


def test_a_file_stays_while_somebody_else_has_brought_the_same(app: Flask, learner: Learner) -> None:
    other = make_learner(app)
    with foreign_platform() as platform:
        award = platform.issue()
        for one in (learner, other):
            one.bring(text=award.text)
    learner.post(f"imported/{imported(learner)[0].id}/remove")
    a_day_passes(learner)

    kept = other.get(f"backpack/imported/{imported(other)[0].id}/original")

    assert (imported(learner), kept.data) == ([], award.text.encode())


def test_nobody_reaches_anothers_badge_and_a_preview_or_a_masked_visit_changes_nothing(app: Flask) -> None:
    ada = make_learner(app)
    stranger = make_learner(app, proven="bob@example.org", organization=ada.organization)
    with foreign_platform() as platform:
        award = platform.issue()
        ada.bring(text=award.text)
        row = imported(ada)[0]
        preview = make_learner(app, preview=True, organization=ada.organization).bring(text=award.text)
        masked = make_learner(app, masked=True, organization=ada.organization).bring(text=award.text)
    pages = [stranger.get(f"backpack/imported/{row.id}{rest}") for rest in ("", "/original", "/picture.png")]
    deeds = [stranger.post(f"imported/{row.id}/{deed}") for deed in ("check", "remove", "restore")]

    assert {answer.status_code for answer in (*pages, *deeds)} == {404}
    assert (preview.status_code, masked.status_code) == (403, 403)
    assert "A preview changes no backpack" in preview.text
    assert db.session.scalar(select(func.count()).select_from(ImportedBadge)) == 1


def test_what_a_badge_says_of_itself_stays_words(learner: Learner, platform: ForeignPlatform) -> None:
    award = platform.issue(name="<script>alert(1)</script>\u202e" + "x" * 400)
    page = learner.follow("import", {"text": award.text})

    assert "<script>alert" not in page.text
    assert "\u202e" not in page.text
    assert len(imported(learner)[0].badge_name) <= 200


def test_somebody_who_tries_without_end_is_asked_to_wait(learner: Learner) -> None:
    answers = [learner.bring(text="no badge").status_code for _ in range(21)]

    assert answers[19:] == [422, 429]
