"""Issuers, badges and awards over the API."""

import io
from datetime import timedelta
from typing import Any

from PIL import Image
from werkzeug.test import TestResponse

from lti_tool import clock
from lti_tool.badges.model import Award, BadgeClass
from lti_tool.db import db, transaction
from lti_tool.people.admin.model import AuditEntry
from lti_tool.spaces.model import Member
from tests.api.program import Program, code_of
from tests.make.person import make_person
from tests.make.space import make_badge, make_member, make_member_of, make_objective, make_space

WORDS = {"name": "Explorer", "description": "Explored the lab.", "criteria": "Show *notes*."}


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (90, 90), "teal").save(out, "PNG")
    return out.getvalue()


def _post_picture(program: Program, picture: bytes, **kwargs: Any) -> TestResponse:
    data = {**WORDS, "image": (io.BytesIO(picture), "../../badge.exe")}
    return program.post("/badges", data=data, content_type="multipart/form-data", **kwargs)


def test_the_first_issuer_is_there_and_another_one_is_made(program: Program) -> None:
    [first] = program.all_of("/issuers")

    made = program.post(
        "/issuers", {"name": "Library", "url": "https://library.example/", "email": "badges@library.example"}
    )

    assert made.status_code == 201
    assert program.all_of("/issuers", limit=1) == [first, made.json]
    assert program.client.get(made.json["public_url"]).json["name"] == "Library"


def test_an_issuer_without_a_web_address_is_refused(program: Program) -> None:
    for url in ("library.example", "javascript:alert(1)", "http://[", "https://a b", "https:///x"):
        refused = program.post("/issuers", {"name": "Library", "url": url, "email": "badges@library.example"})

        assert (refused.status_code, code_of(refused)) == (400, "bad_request"), url


def test_a_badge_made_from_json_gets_a_drawn_picture(program: Program) -> None:
    made = program.post("/badges", WORDS)

    assert made.status_code == 201
    assert {"id", "issuer", "name", "description", "criteria", "image", "public_url"} < set(made.json)
    assert program.client.get(made.json["image"]).data.startswith(b"\x89PNG")
    assert program.client.get(made.json["public_url"]).json["type"] == "BadgeClass"
    assert program.all_of("/badges", issuer=made.json["issuer"]) == [made.json]


def test_a_badge_brings_its_own_picture_as_a_file(program: Program) -> None:
    made = _post_picture(program, _png())

    assert made.status_code == 201
    picture = Image.open(io.BytesIO(program.client.get(made.json["image"]).data)).convert("RGB")
    assert picture.getpixel((picture.width // 2, picture.height // 2)) == (0, 128, 128)


def test_a_picture_that_is_none_makes_no_badge(program: Program) -> None:
    for picture in (b"", b"GIF89a", b"<svg", b"\x89PNG\r\n\x1a\n" + b"\0" * 50):
        refused = _post_picture(program, picture)

        assert (refused.status_code, code_of(refused)) == (422, "picture_refused"), picture
    assert db.session.query(BadgeClass).count() == 0


def test_a_picture_of_fifty_megabytes_is_refused(program: Program) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n\x89PNG'

    refused = program.post(
        "/badges", data=head + b"\0" * 50 * 1024 * 1024, content_type="multipart/form-data; boundary=x"
    )

    assert (refused.status_code, code_of(refused)) == (413, "too_large")


def test_a_picture_in_a_text_field_is_no_file(program: Program) -> None:
    refused = program.post("/badges", data={**WORDS, "image": "data:,"}, content_type="multipart/form-data")

    assert refused.status_code == 400
    assert '"image" should be a file' in refused.json["error"]["message"]


def test_badges_are_listed_by_issuer(program: Program, organization: str) -> None:
    other = program.post("/issuers", {"name": "Library", "url": "https://l.example/", "email": "b@l.example"}).json
    make_badge(organization)
    ours = program.post("/badges", {**WORDS, "issuer": other["id"]}).json

    assert program.all_of("/badges", issuer=other["id"]) == [ours]
    assert len(program.all_of("/badges", limit=1)) == 2


def test_an_award_to_an_address_says_everything_to_its_organization_and_a_hash_to_the_world(
    program: Program, organization: str
) -> None:
    said = {
        "badge": make_badge(organization), "recipient": {"email": "Ada@Example.org"}, "narrative": "With care.",
        "issued_on": "2026-01-31T10:00:00+02:00", "expires": "2090-01-31T00:00:00Z",
        "evidence": "https://lab.example/notes?of=ada",
    }  # fmt: skip

    made = program.post("/awards", said)

    assert made.status_code == 201
    assert made.json["recipient"] == {"email": "ada@example.org"}
    assert (made.json["issued_on"], made.json["expires"]) == ("2026-01-31T08:00:00Z", "2090-01-31T00:00:00Z")
    assert (made.json["narrative"], made.json["evidence"]) == ("With care.", "https://lab.example/notes?of=ada")
    assert (made.json["revoked"], made.json["corrects"]) == (False, None)
    assert program.client.get(made.json["credential_url"]).json["validUntil"] == "2090-01-31T00:00:00Z"
    assert program.get(f"/awards/{made.json['id']}").json == made.json
    public = program.client.get(made.json["public_url"])
    assert public.json["recipient"]["hashed"] is True
    assert "ada@example.org" not in public.text.lower()
    assert program.client.get(made.json["image_url"]).data.startswith(b"\x89PNG")


def test_an_award_to_a_member_names_the_member_and_repeats_no_address(program: Program, organization: str) -> None:
    space = make_space(organization)
    ada = make_member(space, organization, email="ada@example.org")
    badge = make_badge(organization)

    made = program.post("/awards", {"badge": badge, "recipient": {"member": ada}})

    assert made.json["recipient"] == {"member": ada}
    award = db.session.query(Award).one()
    assert (award.person_id, award.recipient_email) == (db.session.get_one(Member, ada).person_id, "ada@example.org")
    assert program.all_of("/awards", member=ada) == [made.json]


def test_a_member_without_an_address_is_awarded_too(program: Program, organization: str) -> None:
    ada = make_member(make_space(organization), organization, email=None)

    made = program.post("/awards", {"badge": make_badge(organization), "recipient": {"member": ada}})

    assert made.json["recipient"] == {"member": ada}
    assert program.client.get(made.json["public_url"]).json["recipient"]["type"] == "url"


def test_a_member_of_two_spaces_is_one_recipient(program: Program, organization: str) -> None:
    person = make_person(organization)
    first, second = (make_member_of(make_space(organization), person) for _ in range(2))
    badge = make_badge(organization)
    made = program.post("/awards", {"badge": badge, "recipient": {"member": second}})

    again = program.post("/awards", {"badge": badge, "recipient": {"member": first}})

    assert made.json["recipient"] == {"member": first}
    assert (again.status_code, code_of(again)) == (409, "already_awarded")
    assert program.all_of("/awards", member=first) == program.all_of("/awards", member=second) == [made.json]


def test_an_address_is_given_the_same_badge_once(program: Program, organization: str) -> None:
    said = {"badge": make_badge(organization), "recipient": {"email": "ada@example.org"}}
    first = program.post("/awards", said).json

    again = program.post("/awards", said)
    program.post(f"/awards/{first['id']}/revocation")
    after_revocation = program.post("/awards", said)

    assert (again.status_code, code_of(again)) == (409, "already_awarded")
    assert after_revocation.status_code == 201


def test_an_open_place_whose_address_holds_the_badge_completes_with_that_award(
    program: Program, organization: str
) -> None:
    space, badge = make_space(organization), make_badge(organization)
    held = program.post("/awards", {"badge": badge, "recipient": {"email": "ada@example.org"}}).json
    place = program.post(f"/spaces/{space}/members", {"email": "ada@example.org"}).json
    objective = make_objective(space, organization, badge=badge)

    done = program.put(f"/spaces/{space}/objectives/{objective}/completions/{place['id']}")

    assert done.json == {"award": held["id"]}
    assert program.all_of("/awards", member=place["id"]) == [held]


def test_a_preview_is_given_nothing(program: Program, organization: str) -> None:
    preview = make_member(make_space(organization), organization, preview=True)

    refused = program.post("/awards", {"badge": make_badge(organization), "recipient": {"member": preview}})

    assert (refused.status_code, code_of(refused)) == (409, "not_a_learner")


def test_awards_are_listed_by_badge_issuer_and_member(program: Program, organization: str) -> None:
    other = program.post("/issuers", {"name": "Library", "url": "https://l.example/", "email": "b@l.example"}).json
    theirs = program.post("/badges", {**WORDS, "issuer": other["id"]}).json
    ours = make_badge(organization)
    by_ours, by_theirs = (
        program.post("/awards", {"badge": badge, "recipient": {"email": "ada@example.org"}}).json
        for badge in (ours, theirs["id"])
    )

    assert program.all_of("/awards", limit=1) == [by_ours, by_theirs]
    assert program.all_of("/awards", badge=ours) == [by_ours]
    assert program.all_of("/awards", issuer=other["id"]) == [by_theirs]


def test_revoking_is_for_good(program: Program, organization: str) -> None:
    made = program.post("/awards", {"badge": make_badge(organization), "recipient": {"email": "ada@example.org"}}).json

    revoked = program.post(f"/awards/{made['id']}/revocation", {"reason": "Given by mistake."})
    again = program.post(f"/awards/{made['id']}/revocation")

    assert (revoked.status_code, revoked.json) == (
        200, {**made, "revoked": True, "revocation_reason": "Given by mistake."},
    )  # fmt: skip
    assert (again.status_code, code_of(again)) == (409, "already_revoked")
    public = program.client.get(made["public_url"])
    assert (public.status_code, public.json["revocationReason"]) == (410, "Given by mistake.")


def test_a_batch_tells_of_each_item_in_its_order_and_keeps_what_could_be_given(
    program: Program, organization: str
) -> None:
    badge, ada = make_badge(organization), make_member(make_space(organization), organization)
    program.post("/awards", {"badge": badge, "recipient": {"email": "held@example.org"}})
    recipients = [{"email": "new@example.org"}, {"email": "held@example.org"}, {"member": ada}, {"member": "nobody"}]

    answer = program.post("/awards/batch", {"items": [{"badge": badge, "recipient": one} for one in recipients]})

    outcomes = answer.json["items"]
    assert answer.status_code == 200
    assert [one["award"] and one["award"]["recipient"] for one in outcomes] == [
        {"email": "new@example.org"}, None, {"member": ada}, None,
    ]  # fmt: skip
    assert [one["error"] and one["error"]["code"] for one in outcomes] == [None, "already_awarded", None, "not_found"]
    assert len(program.all_of("/awards")) == 3


def test_a_batch_with_a_malformed_item_gives_nothing_and_names_the_field(program: Program, organization: str) -> None:
    good = {"badge": make_badge(organization), "recipient": {"email": "ada@example.org"}}

    refused = program.post("/awards/batch", {"items": [good, {**good, "recipient": {"email": "ada@"}}]})

    assert refused.status_code == 400
    assert '"items[1].recipient"' in refused.json["error"]["message"]
    assert db.session.query(Award).count() == 0


def test_a_batch_holds_two_hundred(program: Program, organization: str) -> None:
    badge = make_badge(organization)
    items = [{"badge": badge, "recipient": {"email": f"p{number}@example.org"}} for number in range(201)]

    assert program.post("/awards/batch", {"items": items}).status_code == 400
    assert program.post("/awards/batch", {"items": []}).status_code == 400
    full = program.post("/awards/batch", {"items": items[:200]})

    assert all(one["award"] for one in full.json["items"])
    listed = [award["recipient"]["email"] for award in program.all_of("/awards", limit=33)]
    assert sorted(listed) == sorted(item["recipient"]["email"] for item in items[:200])


WRONG_AWARDS: list[tuple[dict[str, Any], str]] = [
    ({"issued_on": "2026-01-31T10:00:00"}, "issued_on"),
    ({"issued_on": "2026-01-31"}, "issued_on"),
    ({"issued_on": 1767225600}, "issued_on"),
    ({"issued_on": "0001-01-01T00:00:00+23:59"}, "issued_on"),
    ({"issued_on": "2026-02-30T00:00:00Z"}, "issued_on"),
    ({"issued_on": f"{clock.now().year + 1}-01-31T10:00:00Z"}, "issued_on"),
    ({"expires": "9999-12-31T23:59:59-23:59"}, "expires"),
    ({"expires": (clock.now() - timedelta(days=1)).isoformat()}, "expires"),
    ({"evidence": "javascript:alert(1)"}, "evidence"),
    ({"narrative": "x" * 10_001}, "narrative"),
    ({"recipient": {}}, "recipient"),
    ({"recipient": {"email": "a@b.example", "member": "x"}}, "recipient"),
    ({"recipient": "ada@example.org"}, "recipient"),
    ({"recipient": {"name": "Ada"}}, "recipient"),
    ({"recipient": {"email": "a@b.example", "name": 7}}, "recipient.name"),
    ({"recipient": {"member": "x", "name": "Ada"}}, "recipient"),
    ({"repeat": "yes"}, "repeat"),
]


def test_an_award_that_cannot_be_is_refused_by_the_name_of_its_field(program: Program, organization: str) -> None:
    badge = make_badge(organization)

    for said, named in WRONG_AWARDS:
        asked = {"badge": badge, "recipient": {"email": "ada@example.org"}, **said}
        refused = program.post("/awards", asked)

        assert (refused.status_code, code_of(refused)) == (400, "bad_request"), said
        assert f'"{named}"' in refused.json["error"]["message"], said
    assert db.session.query(Award).count() == 0


def test_an_award_is_corrected_by_a_new_one_and_never_edited(program: Program, organization: str) -> None:
    said = {"badge": make_badge(organization), "recipient": {"email": "ada@exampel.org", "name": "Ada"}}
    old = program.post("/awards", {**said, "issued_on": "2026-01-31T08:00:00Z"}).json
    asked = {"recipient": {"email": "ada@example.org"}, "reason": "A slip of the pen.", "narrative": "Came first."}

    new = program.post(f"/awards/{old['id']}/correction", asked, key="once")
    repeated = program.post(f"/awards/{old['id']}/correction", asked, key="once")
    again = program.post(f"/awards/{old['id']}/correction", asked)
    edited = [program.call(method, f"/awards/{old['id']}", json=asked) for method in ("PUT", "PATCH")]

    assert (new.status_code, repeated.json) == (201, new.json)
    assert (new.json["corrects"], new.json["recipient"]) == (old["id"], {"email": "ada@example.org"})
    assert (new.json["narrative"], new.json["issued_on"]) == ("Came first.", "2026-01-31T08:00:00Z")
    assert (again.status_code, code_of(again)) == (409, "already_revoked")
    gone = program.get(f"/awards/{old['id']}").json
    assert (gone["revoked"], gone["revocation_reason"]) == (True, "A slip of the pen.")
    assert [(one.status_code, code_of(one)) for one in edited] == [(405, "method_not_allowed")] * 2
    deed = db.session.query(AuditEntry).filter_by(deed="award.corrected").one()
    assert (deed.actor_kind, deed.subject, deed.facts) == ("program", old["id"], {"by": new.json["id"]})


def test_a_correction_without_a_recipient_stays_the_members(program: Program, organization: str) -> None:
    ada = make_member(make_space(organization), organization, email="ada@example.org")
    old = program.post("/awards", {"badge": make_badge(organization), "recipient": {"member": ada}}).json

    same = program.post(f"/awards/{old['id']}/correction").json
    by_address = program.post(f"/awards/{same['id']}/correction", {"recipient": {"email": "Ada@example.org"}}).json

    assert same["recipient"] == by_address["recipient"] == {"member": ada}


def test_a_badge_is_repeated_only_where_it_allows_it_and_on_purpose(program: Program, organization: str) -> None:
    said = {"badge": make_badge(organization), "recipient": {"email": "ada@example.org"}}
    program.post("/awards", said)
    refused = program.post("/awards", {**said, "repeat": True})
    with transaction():
        db.session.get_one(BadgeClass, said["badge"]).allows_repeats = True

    by_default, repeated = program.post("/awards", said), program.post("/awards", {**said, "repeat": True})

    assert (refused.status_code, code_of(refused)) == (409, "repeats_not_allowed")
    assert (by_default.status_code, repeated.status_code) == (409, 201)


def test_who_holds_it_as_a_member_is_not_given_it_again_by_address(program: Program, organization: str) -> None:
    ada, badge = make_member(make_space(organization), organization, email="ada@example.org"), make_badge(organization)
    program.post("/awards", {"badge": badge, "recipient": {"member": ada}})

    again = program.post("/awards", {"badge": badge, "recipient": {"email": "ada@example.org"}})

    assert (again.status_code, code_of(again)) == (409, "already_awarded")
