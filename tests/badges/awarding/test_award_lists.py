"""Lists of awards: newest first, searched and filtered, page by page; and whose they are."""

from datetime import timedelta

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.badges.awarding.reads import Search, staff_page
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import transaction
from lti_tool.errors import Problem
from tests.make.award import make_award
from tests.make.home import make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge
from tests.make.staff import make_staff
from tests.make.table import make_table


def ids(search: Search, **turn: object) -> list[str]:
    return [line.id for line in staff_page(search, **turn).lines]  # type: ignore[arg-type]


def test_awards_are_found_newest_first_by_words_and_by_state(organization: str) -> None:
    issuer, badge, other = first_issuer_of(organization), make_badge(organization, "A"), make_badge(organization, "B")
    now = clock.now()

    def give(days: int, badge: str, recipient: Recipient, **ends: object) -> str:
        return make_award(badge, recipient, issued_on=now - timedelta(days=days), **ends)  # type: ignore[arg-type]

    ada = give(3, badge, Recipient(email="ada@example.org", name="Ada Lovelace"))
    bob = give(9, other, Recipient(make_person(organization, "Bob Bold"), "b_b@example.org"))
    over = give(5, badge, Recipient(email="cy@example.org"), expires=now - timedelta(days=1))
    gone = give(1, badge, Recipient(email="di@example.org"))
    with transaction():
        revoke_award(gone)
    elsewhere = make_award(make_badge(make_organization("Else")), Recipient(email="ada@example.org"))

    assert ids(Search(issuer=issuer)) == [gone, ada, over, bob]
    assert ids(Search(badge=badge)) == [gone, ada, over]
    assert ids(Search(issuer=issuer, badge=other)) == [bob]
    found = {words: ids(Search(issuer=issuer, words=words)) for words in ("LOVE ada", "bold", "b_b", "%", "nobody")}
    assert found == {"LOVE ada": [ada], "bold": [bob], "b_b": [bob], "%": [], "nobody": []}
    by_state = {state: ids(Search(issuer=issuer, state=state)) for state in ("valid", "expired", "revoked")}
    assert by_state == {"valid": [ada, bob], "expired": [over], "revoked": [gone]}
    first = staff_page(Search(issuer=issuer), limit=2)
    assert ids(Search(issuer=issuer), after=first.next, limit=2) == [over, bob]
    assert staff_page(Search(issuer=issuer), after=ada, limit=2).next is None
    with pytest.raises(Problem):
        staff_page(Search(issuer=issuer), after=elsewhere)


def test_the_pages_keep_what_was_asked_for(app: Flask, organization: str) -> None:
    issuer, awarder = first_issuer_of(organization), make_person(organization, "Will Awarder")
    make_staff(issuer, awarder, "awarder")
    badges = [make_badge(organization, name) for name in ("First", "Second")]
    for number in range(51):
        make_award(badges[0], Recipient(email=f"p{number}@example.org"))
    reader = Reader(make_home(app, awarder).client).open(f"/home/issuers/{issuer}/awards")

    reader.open(f"/home/issuers/{issuer}/awards?badge={badges[0]}&q=example")
    assert reader.says.count("@example.org") == 50
    reader.follow("Older")
    assert (reader.says.count("@example.org"), "Newest" in reader.says) == (1, True)
    reader.follow("Revoked")
    assert "No award is like that." in reader.says
    reader.open(f"/home/badges/{badges[1]}/awards?state=nonsense&after=&q=%F0%9F%99%82")
    assert (reader.answer.status_code, "No award is like that." in reader.says) == (200, True)
    assert reader.open(f"/home/badges/{badges[1]}/awards?after=nothing").answer.status_code == 400


def test_what_belongs_to_another_badge_or_another_school_is_not_there(app: Flask, organization: str) -> None:
    awarder, issuer = make_person(organization, "Will Awarder"), first_issuer_of(organization)
    make_staff(issuer, awarder, "awarder")
    badge, other = make_badge(organization), make_badge(organization, "Other")
    foreign = make_badge(make_organization("Else"))
    award, table = make_award(badge, Recipient(email="ada@example.org")), make_table(badge, awarder, ["a@b.example"])
    home = make_home(app, awarder)

    for place in (other, foreign, "nothing"):
        for page in ("", "/revoke", "/correct"):
            assert home.get(f"badges/{place}/awards/{award}{page}").status_code == 404
        for page in ("", "/undo", "/outcomes.csv"):
            assert home.get(f"badges/{place}/batches/{table}{page}").status_code == 404
        for act in ("mapping", "give", "drop", "undo"):
            assert home.post(f"badges/{place}/batches/{table}/{act}").status_code == 404
    assert home.get(f"badges/{badge}/batches/{table}/outcomes.csv").status_code == 404  # nothing was given yet
    assert home.get(f"badges/{badge}/give?again={award}").text.count("ada@example.org") == 1
    assert "ada@example.org" not in home.get(f"badges/{other}/give?again={award}").text
