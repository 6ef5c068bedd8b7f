"""Whatever a browser sends to these pages is answered in words, and what is refused leaves nothing behind."""

import io
import zipfile

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from lti_tool.badges.awarding.model import AwardBatch
from lti_tool.badges.awards import Recipient
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import Award
from lti_tool.db import db
from tests.make.award import make_award
from tests.make.person import make_person
from tests.make.space import make_badge
from tests.make.staff import make_staff
from tests.make.table import make_table
from tests.make.visit import Visitor, make_visit

FIELDS = ("email", "recipient_name", "narrative", "evidence", "issued_on", "expires", "reason", "step", "once")
HOSTILE = (
    "", "\x00", "\ud800", "\u202e", "x" * 12_000, "-1", "9" * 400, "2027-02-31", "0001-01-01", "9999-12-31",
    "http://[", "javascript:alert(1)", "ada@example.org", "give", "<script>", "{{ 7*7 }}", "=cmd|' /C calc'!A0",
)  # fmt: skip


@pytest.fixture
def badge(organization: str) -> str:
    return make_badge(organization)


@pytest.fixture
def visitor(app: Flask, organization: str) -> Visitor:
    person = make_person(organization, "Will Awarder")
    make_staff(first_issuer_of(organization), person, "awarder")
    return make_visit(app, organization=organization, person=person, no_course=True)


def test_no_field_makes_a_fault(visitor: Visitor, badge: str) -> None:
    award = make_award(badge, Recipient(email="grace@example.org"))

    @effort(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(HOSTILE), max_size=6))
    def send(fields: dict[str, str]) -> None:
        fields = {name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()}  # type: ignore[misc]
        for page in ("give", f"awards/{award}/revoke", f"awards/{award}/correct"):
            answer = visitor.post(f"badges/{badge}/{page}", fields)  # type: ignore[arg-type]
            assert answer.status_code < 500, (page, fields)

    send()
    assert {one.revocation_reason for one in db.session.query(Award)}.isdisjoint({"", "\x00"})


def test_no_table_makes_a_fault_and_none_that_is_refused_is_kept(visitor: Visitor, badge: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("people.csv", "email\nada@example.org\n" * 1000)
    for data, status in (
        (archive.getvalue(), 422), (bytes(range(256)) * 50, 422), (b"email\n\"" + b"x" * 300_000, 422),
        (b"," * 100_000, 422), (b"\xff\xfe" + b"\x00" * 99, 422), (b"email,name\n" + b"\x00", 422),
    ):  # fmt: skip
        answer = visitor.post(f"badges/{badge}/batches", {"table": (io.BytesIO(data), "../../etc/passwd\x00")})
        assert answer.status_code == status, answer.text
    pasted = visitor.post(f"badges/{badge}/batches", {"pasted": "x" * 300_000}, content_type="multipart/form-data")
    assert (pasted.status_code, visitor.post(f"badges/{badge}/batches", {}).status_code) == (413, 422)
    assert db.session.query(AwardBatch).count() == 0


def test_a_table_full_of_traps_is_shown_and_told_as_text(visitor: Visitor, badge: str) -> None:
    cells = "ada@example.org;<script>alert(1)</script>\nbob@example.org;=HYPERLINK(1)\n\u202egro@example.org;\u202e\n"
    data = ("email;name\n" + cells).encode("utf-16")
    made = visitor.post(f"badges/{badge}/batches", {"table": (io.BytesIO(data), "<b>.csv")}, follow_redirects=True)
    batch = db.session.query(AwardBatch).one().id

    given = visitor.post(f"badges/{badge}/batches/{batch}/give", follow_redirects=True)
    outcomes = visitor.get(f"badges/{badge}/batches/{batch}/outcomes.csv").get_data(as_text=True)

    assert "&lt;script&gt;" in made.text
    assert "&lt;b&gt;.csv" in given.text
    assert ("'=HYPERLINK(1)" in outcomes, outcomes.count("not given")) == (True, 1)


def test_a_mapping_of_nonsense_maps_nothing(visitor: Visitor, organization: str, badge: str) -> None:
    batch = make_table(badge, make_person(organization), ["ada@example.org"])
    here = f"badges/{badge}/batches/{batch}"

    for said in ({"email": "7"}, {"email": "-1", "dates": "x" * 999}, {"email": "٠"}, {"name": "0", "evil": "0"}):
        assert visitor.post(f"{here}/mapping", said, follow_redirects=True).status_code == 200
        assert "Say above in which column" in visitor.get(here).text
        assert visitor.post(f"{here}/give").status_code == 400
    assert db.session.query(Award).count() == 0
