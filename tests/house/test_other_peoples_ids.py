"""Every id of another Space, issuer or organization, in every address and form, is one of which nothing is known.

Asked of the tables of addresses under `/v` and `/home`, so that no page can be forgotten: whatever variable an address
has, and whatever field a page reads, stands below, or a test says what to add.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool import clock
from lti_tool.app import create_app
from lti_tool.badges.issuers import create_issuer, first_issuer_of
from lti_tool.db import db, transaction
from lti_tool.launch.model import VisitRow
from lti_tool.people.access import Permission
from lti_tool.people.visit import Role
from lti_tool.settings import Settings
from lti_tool.spaces.staffing.roles import give_role
from tests.make.everything import everything
from tests.make.fields import named_fields
from tests.make.home import Home, make_home, make_proven
from tests.make.inside import inside
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.staff import make_staff
from tests.make.tenant import Tenant, make_tenant
from tests.make.visit import Visitor, make_visit

THEIRS = "zanzibar"  # what a foreign tenant says of itself, wherever it says something

# The variables of addresses, and what each of them means on which pages. `token` and others have two meanings.
PLAIN = (
    "space_id", "issuer_id", "badge_id", "award_id", "batch_id", "member_id", "objective_id", "submission_id",
    "attachment_id", "pathway_id", "element_id", "person_id", "imported_id", "collection_id", "entry_id",
)  # fmt: skip
TWOFOLD = {"token", "invitation_id"}
NO_IDS = {
    "visit_id": "the visit itself: tests/launch/test_borders.py",
    "secret": "whoever has it may: tests/people/home",
    "why": "one of a few words",
}
# Of one issuer its owner may see all of these, whichever Space they belong to.
OF_THE_SAME_ISSUER = {"issuer_id", "badge_id"}
OF_ITS_PAGES = {"pathway_id", "person_id", "invitation_id"}
RUN_THE_ISSUER = {"owner", "editor"}  # at home every Space of it is theirs (decision 7)

# Who holds which permission: to them there is nothing. The others may be told that their role does not include it.
HOLDERS = {
    Permission.SPACE_SEE: {"teacher", "owner", "assistant", "designer", "learner", "editor"},
    Permission.SPACE_FOLLOW: {"mentor"},
    Permission.SPACE_BUILD: {"teacher", "owner", "assistant", "designer", "editor"},
    Permission.SPACE_RUN: {"teacher", "owner", "assistant", "editor"},
    Permission.SPACE_SHAPE: {"teacher", "owner", "designer", "editor"},
    Permission.SPACE_LEAD: {"teacher", "owner", "editor"},
}
PLAUSIBLE = {
    "title": "A title", "name": "A name", "description": "Words.", "criteria": "Words.", "points": "10",
    "reason": "A reason.", "do": "accept", "choice": "hide", "archived": "yes", "by": "up", "to": "up", "revision": "1",
    "shows": "yes", "shared": "yes", "role": "assistant", "email": "somebody@example.org", "step": "give", "text": "T",
    "confirmed": "1", "needs": "all", "evidence": "none", "separator": ",", "narrative": "", "email_column": "0",
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """Ours, those beside it, and everybody who works or learns with us, in browsers of their own."""

    app: Flask
    ours: Tenant
    theirs: dict[str, Tenant]
    in_visits: dict[str, Visitor]
    at_home: dict[str, Home]

    def browser(self, place: str, role: str) -> Visitor | Home:
        return self.in_visits[role] if place == "/v" else self.at_home[role]

    def roles(self, place: str) -> list[str]:
        return list(self.in_visits if place == "/v" else self.at_home)


KINDS = ("another Space", "another issuer", "another organization")


@pytest.fixture(scope="module")
def world(migrated: str, copies: Any, database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Built once, for nothing in it may change."""
    folder = tmp_path_factory.mktemp("neighbours")
    if copies is None:
        url = f"sqlite:///{folder / 'spaces.db'}"
        (folder / "spaces.db").write_bytes(Path(migrated.removeprefix("sqlite:///")).read_bytes())
    else:
        url = copies.lend()
    app = create_app(
        Settings(data_dir=folder, database_url=url, public_url="http://localhost:8000", log_level="CRITICAL")
    )
    with inside(app):
        yield _world(app)
    if copies is not None:
        copies.give_back(url)


def _world(app: Flask) -> World:
    organization = make_organization("Our School")
    issuer = first_issuer_of(organization)
    with transaction():
        second = create_issuer(
            organization=organization, name="Zanzibar Office", url="https://example.org/", email="z@example.org"
        ).id
    elsewhere = make_organization("Zanzibar School")
    ours = make_tenant(organization, issuer, "Ownwords")
    theirs = {
        "another Space": make_tenant(organization, issuer, "Zanzibar"),
        "another issuer": make_tenant(organization, second, "Zanzibar"),
        "another organization": make_tenant(elsewhere, first_issuer_of(elsewhere), "Zanzibar"),
    }
    people = {who: make_person(organization, f"Our {who}") for who in ("owner", "editor", "teacher", "assistant")}
    for who in ("owner", "editor"):
        make_staff(issuer, people[who], who)
    at_home = {who: make_home(app, person) for who, person in {**people, "learner": ours.pupil}.items()}
    make_proven(ours.pupil, "pupil@ownwords.example")
    in_visits = {
        who: make_visit(app, organization=organization, person=person, space=ours.space_id, **said)
        for who, person, said in (
            ("owner", people["owner"], {}),
            ("teacher", make_person(organization, "Our other teacher"), {}),
            ("assistant", make_person(organization, "Our other assistant"), {"assistant": True}),
            ("designer", make_person(organization, "Our designer"), {"role": Role.DESIGNER}),
            ("learner", ours.pupil, {"role": Role.MEMBER}),
            ("mentor", make_person(organization, "Our mentor"), {"role": Role.OBSERVER, "mentees": [ours.pupil]}),
        )
    }
    with transaction():
        give_role(ours.space_id, people["teacher"], "teacher")
        give_role(ours.space_id, people["assistant"], "assistant")
    return World(app, ours, theirs, in_visits, at_home)


def test_every_variable_of_an_address_is_known_here(world: World) -> None:
    used = {variable for rule in rules(world.app, "/v") + rules(world.app, "/home") for variable in rule.arguments}

    unknown = used - {*PLAIN, *TWOFOLD, *NO_IDS}
    assert not unknown, (
        f"Addresses have variables that this test does not know: {sorted(unknown)}. Give `Tenant` in"
        " tests/make/tenant.py a field of the same name with such an id, and add the name to PLAIN, or to NO_IDS with"
        " the reason why it is no id of anything."
    )


@pytest.mark.parametrize("place", ["/v", "/home"])
def test_with_the_own_ids_there_is_something_at_every_address(world: World, place: str) -> None:
    """Else a page that is never there would pass for one that keeps its borders."""
    faults = []
    for rule in with_ids(world.app, place):
        if "GET" in (rule.methods or ()) and own(rule) not in OWN_IS_NOT_THERE[place]:
            found = []
            for role in world.roles(place):
                found.append(ask(world, place, role, "GET", rule, {}).status_code)
                if found[-1] in (200, 303):
                    break
            else:
                faults.append((rule.endpoint, found))
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize("place", ["/v", "/home"])
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_lies_at_an_address_of_somebody_else_is_not_there(world: World, kind: str, place: str) -> None:
    theirs, seen, faults = world.theirs[kind], 0, []
    for rule in with_ids(world.app, place):
        for wrong in substitutions(rule, kind):
            for role in world.roles(place):
                if place == "/home" and kind == "another Space" and role in RUN_THE_ISSUER and "space_id" in wrong:
                    continue
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    with changes(world) as changed:
                        foreign = {name: id_of(theirs, name, rule) for name in wrong}
                        answer = ask(world, place, role, method, rule, foreign)
                    seen += 1
                    holds = role in HOLDERS.get(permission(world.app, rule), ())
                    expected = {404} if holds else ANSWERS.get(own(rule), {403, 404})
                    if answer.status_code not in expected or tells(answer) or changed:
                        faults.append((role, method, rule.endpoint, wrong, answer.status_code, tells(answer), changed))
    assert not faults, "\n".join(map(str, faults))
    assert seen > 500


def test_nothing_has_changed_for_anybody(world: World) -> None:
    """Once more at the end, of every table."""
    assert rows_now() == before(world)


# ---- forms and the words behind the question mark ----


@dataclass(frozen=True)
class Try:
    """A request whose address is ours, with an id of somebody else in a field. `kinds`: of whom; where it is less than
    all, the others may be named there. `answer` is 404 but for what has a sentence of its own.
    """

    page: str
    fields: dict[str, str | list[str]]
    method: str = "POST"
    answer: int = 404
    roles: tuple[str, ...] = ("teacher", "owner")
    kinds: tuple[str, ...] = KINDS
    beside: dict[str, str] = field(default_factory=dict)


NOT_OURS, FOREIGN = KINDS[1:], KINDS[2:]
SOON = (clock.now() + timedelta(days=30)).date().isoformat()
NEW = {"title": "T", "points": "10", "description": "D", "criteria": "C", "evidence": "none", "kind": "manual"}
LEARNER = ("learner",)
TEACHER = ("teacher",)  # and no owner, to whom the Spaces of the issuer are offered
OWNER = ("owner",)
TRIES = [
    Try("room.bring_space", {"space": "{their.space_id}"}, roles=TEACHER),
    # What is chosen of a list says beside its field that it is not in it: 422.
    Try("room.create_space", {"start": "space:{their.space_id}", "name": "N", "ends_on": SOON, "time_zone": "UTC"},
        answer=422, roles=TEACHER),
    Try("room.new_objective", {**NEW, "badge": "{their.badge_id}"}, answer=422, kinds=NOT_OURS),
    # Any badge of the organization may be looked for.
    Try("room.new_objective", {**NEW, "kind": "badge", "tracked": "{their.badge_id}"}, answer=422, kinds=FOREIGN),
    Try("room.new_objective", {**NEW, "badge": "{own.badge_id}", "made": "{their.objective_id}"}),
    Try("room.move_objective", {"after": "{their.objective_id}"}, roles=("teacher", "owner", "designer")),
    Try("room.view_as", {"as": "{their.member_id}"}, roles=("teacher", "owner", "assistant")),
    Try("room.complete_for_many", {"objective": "{their.objective_id}", "member": "{own.member_id}"}),
    Try("room.complete_for_many", {"objective": "{their.objective_id}", "member": "{their.member_id}"}),
    Try("room.complete_for_many",
        {"objective": "{own.report}", "member": ["{own.member_id}", "{their.member_id}"], "confirmed": "1"}),
    Try("room.complete_for_many", {"objective": "{their.objective_id}", "everybody": "1", "back": "column"}),
    Try("room.undo_for_many", {"objective": "{their.objective_id}", "at": "2026-01-02T00:00:00+00:00"}),
    Try("room.review_next", {"objective": "{their.report}"}),
    Try("room.review_next", {"beside": "{their.submission_id}", "way": "skip"}),
    Try("room.review_claim", {"objective": "{their.report}"}),
    Try("room.review_decide", {"objective": "{their.report}", "do": "accept"}),
    Try("room.review_undo", {"objective": "{their.report}"}),
    *(Try("room.evidence", {"kept": ["{own.attachment_id}", "{their.attachment_id}"], "text": "T", "do": do,
                            "base": "{own.submission_id}:1"}, roles=LEARNER, beside={"objective_id": "{own.report}"})
      for do in ("save", "send")),
    Try("room.add_pathway", {"pathway": "{their.pathway_id}"}, kinds=NOT_OURS),
    Try("room.add_pathway", {"pathway": "{their.pathway_id}", "place": "1"}, kinds=NOT_OURS),
    *(Try("room.members", {word: "{their.member_id}"}, "GET") for word in ("after", "before", "added", "removed")),
    *(Try("room.progress", {word: "{their.member_id}"}, "GET") for word in ("after", "before")),
    Try("room.progress", {"done": "complete", "member": "{their.member_id}", "objective": "{own.objective_id}"}, "GET"),
    Try("room.progress", {"done": "complete", "member": "{own.member_id}", "objective": "{their.objective_id}"}, "GET"),
    *(Try("room.objective_learners", {word: "{their.member_id}"}, "GET") for word in ("after", "before")),
    Try("room.learner", {"done": "complete", "objective": "{their.objective_id}"}, "GET"),
    Try("room.progress_csv", {"objective": "{their.objective_id}", "have": "complete"}, "GET"),
    *(Try("room.pathway", {word: "{their.member_id}"}, "GET") for word in ("after", "before")),
    Try("room.leaderboard", {"after": "{their.alias}"}, "GET", roles=("teacher",)),
    Try("room.leaderboard", {"renamed": "{their.member_id}"}, "GET"),
    *(Try(page, {"objective": "{their.report}"}, "GET") for page in ("room.review", "room.review_item")),
    *(Try("workshop.issuer", {word: "{their.badge_id}"}, "GET", roles=OWNER, kinds=NOT_OURS)
      for word in ("after", "before")),
    *(Try(page, {"after": "{their.award_id}"}, "GET", answer=400, roles=OWNER, kinds=NOT_OURS)
      for page in ("awarding.issuer_awards", "awarding.badge_awards")),
    Try("awarding.badge_awards", {"after": "{their.award_id}"}, "GET", answer=400, roles=OWNER),
    *(Try("backpack.add", {"collection": "{their.collection_id}", "badge": badge}, roles=LEARNER)
      for badge in ("award:{own.award_id}", "award:{their.award_id}")),
    *(Try("backpack.add", {"collection": "{own.collection_id}", "badge": badge}, roles=LEARNER)
      for badge in ("award:{their.award_id}", "imported:{their.imported_id}", "{their.award_id}")),
    *(Try(page, {"name": "N", "completion_badge": "{their.badge_id}", "revision": "{own.pathway_revision}"},
          answer=422, roles=OWNER, kinds=NOT_OURS) for page in ("pathways.new", "pathways.edit")),
    # Any badge of the organization may be a step.
    Try("pathways.new_step", {"kind": "badge", "badge": "{their.badge_id}", "revision": "{own.pathway_revision}"},
        roles=OWNER, kinds=FOREIGN),
    *(Try("pathways.new_step", {"kind": "group", "into": "{their.element_id}", "title": "T",
                                "revision": "{own.pathway_revision}"}, method, roles=OWNER)
      for method in ("GET", "POST")),
]  # fmt: skip
# Places in a list and notices of what was just done: an id of nobody's shows nothing, and the page is the usual one.
SHOWS_NOTHING = [
    Try("room.progress", {"many": "2026-01-02T00:00:00+00:00", "objective": "{their.objective_id}"}, "GET"),
    Try("room.archived_objectives", {"deleted": "{their.objective_id}"}, "GET"),
    Try("room.pathways", {"removed": "{their.pathway_id}"}, "GET", kinds=NOT_OURS),  # its issuer's can be added
    Try("room.review", {"done": "{their.submission_id}"}, "GET"),
    Try("room.review_item", {"done": "{their.submission_id}"}, "GET"),
    Try("room.space_settings", {"copied": "{their.space_id}"}, "GET"),
    Try("making.issuer_spaces", {"made": "{their.space_id}"}, "GET", roles=OWNER, kinds=NOT_OURS),
    Try("making.issuer_spaces", {"after": "{their.space_id}"}, "GET", roles=OWNER, kinds=NOT_OURS),
    Try("workshop.history", {"badge": "{their.badge_id}"}, "GET", roles=OWNER, kinds=NOT_OURS),
    Try("awarding.issuer_awards", {"badge": "{their.badge_id}"}, "GET", roles=OWNER, kinds=NOT_OURS),
    Try("awarding.give", {"again": "{their.award_id}"}, "GET", roles=OWNER),
    Try("backpack.backpack", {"removed": "{their.imported_id}"}, "GET", roles=LEARNER),
    Try("backpack.collection", {"out": "award:{their.award_id}"}, "GET", roles=LEARNER),
    Try("pathways.pathway", {"removed": "{their.element_id}"}, "GET", roles=OWNER),
]  # fmt: skip


@pytest.mark.parametrize("place", ["/v", "/home"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_field_of_a_form_reaches_what_is_somebody_elses(world: World, kind: str, place: str) -> None:
    faults = []
    for one in TRIES:
        for role in reached(world, one, kind, place):
            with changes(world) as changed:
                answer = send(world, place, role, one, kind)
            told = one.answer != 422 and tells(answer)  # a page with a list shows what can be chosen of it
            if answer.status_code != one.answer or told or changed:
                faults.append((one.page, one.fields, role, answer.status_code, told, changed))
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize("place", ["/v", "/home"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_tells_nothing_of_somebody_else(world: World, kind: str, place: str) -> None:
    faults = []
    for one in SHOWS_NOTHING:
        for role in reached(world, one, kind, place):
            with changes(world) as changed:
                answer, plain = send(world, place, role, one, kind), send(world, place, role, one, None)
            told = tells(answer) > tells(plain)
            if answer.status_code not in (200, 404) or told or changed:
                faults.append((one.page, one.fields, role, answer.status_code, told, changed))
    assert not faults, "\n".join(map(str, faults))


# Every field that a page reads by name: those that name something are tried above, each of the others says no id.
TRIED = {name for one in (*TRIES, *SHOWS_NOTHING) for name in one.fields}
NAMES_NOTHING = {
    # words, numbers and choices of a few
    "name", "title", "email", "role", "reason", "preset", "do", "way", "by", "at", "back", "everybody", "confirmed",
    "place", "revision", "names", "choice", "view", "show", "sort", "have", "q", "had", "without", "undone", "many",
    "separator", "text", "links", "base", "shares", "ticked", "state", "step", "once", "dates", "again", "act", "start",
    "archived", "shows", "shared", "page", "theme", "given_name", "family_name", "pasted", "kind", "needs", "address",
    "to", "form_token", "changed_at", "lines", "seed", "expires_unit", "picture_from", "achievement_type", "evidence",
    # groups: tests/spaces/test_groups_of_others.py; other Spaces of last term: tests/flows, item 5
    "group", "earlier",
    # takes own files out of the form, before those that stay are looked up
    "remove",
    # of a visit that answers the LMS: tests/launch; and of ways in, where a secret stands: tests/people/home
    "on", "error", "id_token", "look", "everywhere", "person", "as",
    # of the console: tests/people/admin
    "find", "organization", "code", "before", "subject", "url",
}  # fmt: skip


def test_every_field_that_a_page_reads_is_known_here() -> None:
    unknown = named_fields() - TRIED - NAMES_NOTHING
    assert not unknown, (
        f"Pages read fields that this test does not know: {sorted(unknown)}. Add a `Try` with an id of somebody else in"
        " it, or the name to NAMES_NOTHING where it names nothing that anybody has."
    )


# ---- how it is asked ----

# Where an own id leads to nothing: a table or a preview is theirs alone who brought it, and the pictures and files of
# our tenant were never uploaded. At home nobody follows.
NEVER_THERE = {
    "room.table", "room.table_outcomes", "replacing.preview", "replacing.preview_picture", "backpack.original",
    "backpack.picture", "room.objective_picture", "awarding.outcomes",
}  # fmt: skip
OWN_IS_NOT_THERE = {"/v": NEVER_THERE, "/home": NEVER_THERE | {"room.followed", "room.following"}}
# A preview that is not theirs is one that is over, and as good as cancelled.
_OVER = {403, 404, 410}
ANSWERS = {
    "replacing.cancel": {303, 403, 404}, "replacing.preview": _OVER, "replacing.preview_picture": _OVER,
    "replacing.replace": _OVER,
}  # fmt: skip


def rules(app: Flask, place: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(place)]


def with_ids(app: Flask, place: str) -> list[Rule]:
    """The addresses in which something is named."""
    found = [rule for rule in rules(app, place) if rule.arguments - NO_IDS.keys()]
    assert len(found) > 80
    return found


def own(rule: Rule) -> str:
    """The name of the page, wherever it lives."""
    return rule.endpoint.removeprefix("home_")


def permission(app: Flask, rule: Rule) -> Permission:
    found: Permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
    return found


def substitutions(rule: Rule, kind: str) -> list[tuple[str, ...]]:
    """Which of its variables name somebody else's: each alone, and all of them."""
    names = sorted(rule.arguments - NO_IDS.keys())
    if kind == "another Space":
        is_room = own(rule).startswith("room.")
        names = [one for one in names if one not in OF_THE_SAME_ISSUER and (is_room or one not in OF_ITS_PAGES)]
    return list(dict.fromkeys([*((name,) for name in names), tuple(names)])) if names else []


def id_of(tenant: Tenant, name: str, rule: Rule) -> str:
    is_room = own(rule).startswith("room.")
    match name:
        case "token":
            return tenant.table if is_room else tenant.replacement
        case "invitation_id":
            return tenant.space_invitation if is_room else tenant.issuer_invitation
    return str(getattr(tenant, name))


def ask(world: World, place: str, role: str, method: str, rule: Rule, foreign: dict[str, str]) -> TestResponse:
    """The page with our ids but for those that are `foreign`."""
    ids = {name: id_of(world.ours, name, rule) for name in rule.arguments - NO_IDS.keys()} | foreign
    fields = PLAUSIBLE | {"revision": str(world.ours.pathway_revision)} if "pathways" in rule.endpoint else PLAUSIBLE
    fields = fields | {"role": "editor"} if "staffing" in rule.endpoint else fields
    return open_page(world, place, role, method, filled(rule, ids), fields if method == "POST" else {}, plain=True)


def filled(rule: Rule, ids: dict[str, str]) -> str:
    page = rule.rule.replace("<visit_id>", "visit").replace("<why>", "nowhere")
    page = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: ids[part[1]], page)
    return page.removeprefix("/v/visit/").removeprefix("/home/")


def open_page(
    world: World, place: str, role: str, method: str, page: str, fields: dict[str, Any], *, plain: bool = False
) -> TestResponse:  # fmt: skip
    """Each request from another network, so that no limit is met. A `plain` refusal is no page, which takes its time;
    owners get them as pages.
    """
    world.app.extensions["asked"] = number = world.app.extensions.get("asked", 0) + 1
    where = {"REMOTE_ADDR": f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"}
    said = {"Accept": "application/json"} if plain and role != "owner" else {}
    browser = world.browser(place, role)
    if method == "POST":
        return browser.post(page, fields, environ_base=where, headers=said)
    path = f"{browser.path}/{page}" if isinstance(browser, Visitor) else f"/home/{page}"
    return browser.client.get(path, query_string=fields, environ_base=where, headers=said)


def reached(world: World, one: Try, kind: str, place: str) -> list[str]:
    """Whoever tries it here."""
    prefix = "" if place == "/v" else "home_"
    there = any(rule.endpoint == prefix + one.page for rule in world.app.url_map.iter_rules())
    needs_course = place == "/home" and one.page in ("room.create_space", "room.bring_space")
    if kind not in one.kinds or not there or needs_course:
        return []
    return [role for role in one.roles if role in world.roles(place)]


def send(world: World, place: str, role: str, one: Try, kind: str | None) -> TestResponse:
    """Without a `kind` the page as it is without the field."""
    prefix = "" if place == "/v" else "home_"
    rule = next(
        rule for rule in world.app.url_map.iter_rules()
        if rule.endpoint == prefix + one.page and one.method in (rule.methods or ())
    )  # fmt: skip
    own_ids = {name: id_of(world.ours, name, rule) for name in rule.arguments - NO_IDS.keys()}
    given = {"own": world.ours, "their": world.theirs[kind] if kind else world.ours}
    ids = own_ids | {name: value.format(**given) for name, value in one.beside.items()}
    fields = {
        name: [part.format(**given) for part in value] if isinstance(value, list) else value.format(**given)
        for name, value in one.fields.items()
    }  # fmt: skip
    return open_page(world, place, role, one.method, filled(rule, ids), fields if kind else {})


def tells(answer: TestResponse) -> int:
    """How often it says something of theirs."""
    return answer.data.lower().count(THEIRS.encode())


@contextmanager
def changes(world: World) -> Iterator[list[str]]:
    """The tables that have changed: all are compared as soon as anything was written that might have stayed."""
    kept, written, changed = before(world), list[str](), list[str]()

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if re.match(r"\s*(INSERT|UPDATE|DELETE)", statement, re.IGNORECASE):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield changed
    event.remove(db.engine, "before_cursor_execute", note)
    if written:
        changed += [table for table, rows in rows_now().items() if rows != kept[table]]


def before(world: World) -> dict[str, list[Any]]:
    """Everything as it was when the first test looked."""
    if "kept" not in world.app.extensions:
        world.app.extensions["kept"] = rows_now()
    kept: dict[str, list[Any]] = world.app.extensions["kept"]
    return kept


def rows_now() -> dict[str, list[Any]]:
    """But for visits, which note once a minute when they were seen."""
    return {table: rows for table, rows in everything().items() if table != VisitRow.__tablename__}
