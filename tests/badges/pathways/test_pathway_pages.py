"""An issuer's pathways as pages: who may, what is refused in words, and two who build at once."""

import re

import pytest
from flask import Flask

from lti_tool.badges.pathways.reads import tree_of
from lti_tool.badges.pathways.rules import MOST_STEPS, Step, every_step
from lti_tool.badges.pathways.steps import add_group, move_step
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.visit import Role
from tests.make.everything import everything
from tests.make.foreign_badge import foreign_platform
from tests.make.issuer import Worker, make_worker
from tests.make.organization import make_organization
from tests.make.pathway import make_way, revision, with_badge, with_group
from tests.make.person import make_person
from tests.make.space import make_badge
from tests.make.visit import make_visit


@pytest.fixture
def editor(app: Flask, organization: str) -> Worker:
    return make_worker(app, organization, "editor")


def shape(step: Step) -> list[object]:
    """The titles of a tree, nested."""
    return [[one.title, *shape(one)] if one.badge is None else one.title for one in step.steps]


def test_a_pathway_is_made_and_described_and_a_stale_page_changes_nothing(
    editor: Worker, organization: str
) -> None:  # fmt: skip
    prize, issuer = make_badge(organization, "Prize"), editor.issuer
    browser = editor.browser

    empty = browser.get(f"issuers/{issuer}/pathways").text
    nameless = browser.post(f"issuers/{issuer}/pathways/new", {"name": " "})
    made = browser.post(f"issuers/{issuer}/pathways/new", {"name": "Lab ready", "completion_badge": prize})
    way = made.headers["Location"].rpartition("/")[2]
    page = f"issuer-pathways/{way}"
    changed = browser.post(f"{page}/edit", {"name": "Ready", "completion_badge": prize, "revision": "1"})
    stale = browser.post(f"{page}/edit", {"name": "Mine", "completion_badge": "", "revision": "1"})

    assert "There are no pathways yet." in empty
    assert (nameless.status_code, made.status_code, changed.status_code, stale.status_code) == (422, 303, 303, 409)
    assert "Somebody else changed this pathway" in stale.text
    assert 'value="Mine"' in stale.text
    shown = browser.get(page).text
    assert "<bdi>Ready</bdi>" in shown
    assert "Completing it gives the badge" in shown
    assert "Ready" in browser.get(f"issuers/{issuer}/pathways").text


def test_steps_are_added_moved_in_and_out_and_removed_with_undo(editor: Worker, organization: str) -> None:
    a, b, c = (make_badge(organization, name) for name in "ABC")
    way = make_way(organization, [a])
    page, browser = f"issuer-pathways/{way}", editor.browser

    def post(where: str, **fields: str) -> int:
        return browser.post(f"{page}/steps/{where}", {"revision": str(revision(way)), **fields}).status_code

    assert post("new", kind="group", title="Core", needs="all") == 303
    core = next(one.id for one in every_step(tree_of(way)) if one.badge is None)
    assert [post("new", kind="badge", badge=badge, into=core) for badge in (b, c)] == [303, 303]
    assert post(core, title="Core", needs="some", needed="2") == 303
    one, two, three = (
        next(s.id for s in every_step(tree_of(way)) if s.badge == badge) for badge in (a, b, c)
    )  # fmt: skip
    assert "2 of these 2" in browser.get(page).text
    assert post(f"{core}/move", to="up") == 303
    assert post(f"{one}/move", to="in") == 303
    assert shape(tree_of(way)) == [["Core", "B", "C", "A"]]
    assert post(f"{two}/move", to="out") == 303
    refused = browser.post(f"{page}/steps/{three}/remove", {"revision": str(revision(way))})
    assert (refused.status_code, shape(tree_of(way))) == (422, [["Core", "C", "A"], "B"])
    assert "needs 2 of its steps and would have 1" in refused.text
    gone = browser.post(f"{page}/steps/{core}/remove", {"revision": str(revision(way))}, follow_redirects=True)
    assert ("Removed:" in gone.text, shape(tree_of(way))) == (True, ["B"])
    assert post(f"{core}/restore") == 303
    assert shape(tree_of(way)) == [["Core", "C", "A"], "B"]


def test_two_who_build_at_once_do_not_overwrite_each_other(editor: Worker, organization: str) -> None:
    a, b = (make_badge(organization, name) for name in "AB")
    way = make_way(organization, [a, b])
    seen, steps = str(revision(way)), [one.id for one in every_step(tree_of(way))]
    page, browser = f"issuer-pathways/{way}/steps", editor.browser

    first = browser.post(f"{page}/{steps[1]}/move", {"to": "up", "revision": seen})
    answers = [
        browser.post(f"{page}/{steps[1]}/move", {"to": "up", "revision": seen}),
        browser.post(f"{page}/{steps[0]}/remove", {"revision": seen}),
        browser.post(f"{page}/new", {"kind": "group", "title": "Late", "needs": "all", "revision": seen}),
    ]

    assert first.status_code == 303
    assert [one.status_code for one in answers] == [409, 409, 409]
    assert all("This is how the pathway stands now." in one.text for one in answers[:2])
    assert shape(tree_of(way)) == ["B", "A"]


def test_what_does_not_fit_is_refused_in_words(editor: Worker, organization: str) -> None:
    prize, other = make_badge(organization, "Prize"), make_badge(make_organization("Other School"), "Theirs")
    way = make_way(organization, [make_badge(organization, "A")], completion=prize)
    group = with_group(way, [make_badge(organization, "B")])
    page, browser, before = f"issuer-pathways/{way}/steps", editor.browser, shape(tree_of(way))
    said = {
        "Completing the pathway gives this badge": ("new", {"kind": "badge", "badge": prize}),
        "A group needs a title": ("new", {"kind": "group", "title": " ", "needs": "all"}),
        "nobody could complete it": (group, {"title": "Core", "needs": "some", "needed": "2"}),
        "from 1 to": (group, {"title": "Core", "needs": "some", "needed": "0"}),
        "There is nothing here": ("new", {"kind": "badge", "badge": other}),
    }
    for words, (where, fields) in said.items():
        answer = browser.post(f"{page}/{where}", {"revision": str(revision(way)), **fields})
        assert answer.status_code in (404, 422), words
        assert words in answer.text
    nothing = browser.post(f"{page}/new", {"kind": "elsewhere", "address": "x", "revision": str(revision(way))})

    assert nothing.status_code == 422
    assert shape(tree_of(way)) == before


def test_a_badge_from_elsewhere_is_named_by_an_award_that_has_run_out_but_by_none_that_is_not_yet(
    editor: Worker, organization: str
) -> None:  # fmt: skip
    way = make_way(organization, [make_badge(organization, "A")])
    dates = {
        422: {"issuedOn": "2999-01-01T00:00:00Z"},
        303: {"issuedOn": "2020-01-01T00:00:00Z", "expires": "2021-01-01T00:00:00Z"},
    }

    with foreign_platform() as platform:
        for status, said in dates.items():
            award = platform.issue(name="Welding", number=str(status), **said)
            step = {"kind": "elsewhere", "address": award.url, "revision": str(revision(way))}
            answer = editor.browser.post(f"issuer-pathways/{way}/steps/new", step)
            assert answer.status_code == status, answer.text

    assert shape(tree_of(way)) == ["A", "Welding"]


def test_a_tree_is_neither_too_deep_nor_too_large(organization: str) -> None:
    way, into, badge = make_way(organization), None, make_badge(organization)
    for _ in range(3):
        with transaction():
            into = add_group(way, "Deeper", "all", into=into, seen=revision(way))
    with transaction():
        into = add_group(way, "As deep as can be", "all", into=into, seen=revision(way))
    with pytest.raises(Problem, match="pathway_refused") as deep, transaction():
        add_group(way, "Too deep", "all", into=into, seen=revision(way))
    assert "levels deep" in deep.value.message
    for _ in range(MOST_STEPS - len(list(every_step(tree_of(way))))):
        with_badge(way, badge)
    with pytest.raises(Problem, match="pathway_refused") as many:
        with_badge(way, badge)
    assert f"at most {MOST_STEPS} steps" in many.value.message


def test_where_a_step_cannot_go_nothing_moves(organization: str) -> None:
    way = make_way(organization, [make_badge(organization, name) for name in "AB"])
    first, last = (one.id for one in every_step(tree_of(way)))

    for step, to in ((first, "up"), (last, "down"), (last, "in"), (first, "out"), (first, "sideways")):
        with transaction():
            move_step(way, step, to, seen=revision(way))

    assert shape(tree_of(way)) == ["A", "B"]


def test_archived_it_is_listed_apart_and_deleted_it_is_gone(editor: Worker, organization: str) -> None:
    way, browser = make_way(organization, [make_badge(organization)], "Old way"), editor.browser
    listing = f"issuers/{editor.issuer}/pathways"

    browser.post(f"issuer-pathways/{way}/archive", {"archived": "yes"})
    lists = ["Old way" in browser.get(f"{listing}{query}").text for query in ("", "?archived=1")]
    asked = browser.get(f"issuer-pathways/{way}/delete").text
    gone = browser.post(f"issuer-pathways/{way}/delete", follow_redirects=True).text

    assert lists == [False, True]
    assert "No Space follows it." in asked
    assert "The pathway is deleted." in gone
    assert browser.get(f"issuer-pathways/{way}").status_code == 404


def test_a_badge_that_a_pathway_names_is_not_deleted(editor: Worker, organization: str) -> None:
    badge = make_badge(organization)
    make_way(organization, [badge])

    page = editor.browser.get(f"badges/{badge}/delete").text
    answer = editor.browser.post(f"badges/{badge}/delete")

    assert "1 pathway that names it" in page
    assert answer.status_code == 409


def test_only_editors_change_and_other_schools_find_nothing(app: Flask, organization: str) -> None:
    way = make_way(organization, [make_badge(organization)])
    step = next(every_step(tree_of(way))).id
    awarder = make_worker(app, organization, "awarder", name="Will Awarder").browser
    other = make_organization("Other School")
    stranger = make_visit(app, organization=other, person=make_person(other), role=Role.GUEST, no_course=True)
    strangers = make_worker(app, other, "owner").browser
    seen, before = awarder.get(f"issuer-pathways/{way}"), everything()["pathway_element"]
    acts = ("edit", "archive", "delete", "steps/new", f"steps/{step}/move", f"steps/{step}/remove", f"steps/{step}")

    refused = [awarder.post(f"issuer-pathways/{way}/{act}", {"revision": "2"}).status_code for act in acts]
    lost = [strangers.post(f"issuer-pathways/{way}/{act}", {"revision": "2"}).status_code for act in acts]

    assert (seen.status_code, re.search("Remove|Add a step", seen.text)) == (200, None)
    assert (set(refused), set(lost)) == ({403}, {404})
    assert stranger.get(f"issuer-pathways/{way}").status_code == 404
    assert everything()["pathway_element"] == before
