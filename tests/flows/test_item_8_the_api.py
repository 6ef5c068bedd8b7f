"""Item 8, the API: an administrator's program finds the course's Space, works in it, and reads what came of it."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import requests

from lti_tool import clock
from lti_tool.api.tokens import create_token
from lti_tool.db import transaction
from tests.flows.steps import create_space, create_space_with_roster
from tests.make.lms import Campus, words
from tests.make.programs import lti_tool, spelled

BADGE = {"name": "Onion cutter", "description": "Cuts onions.", "criteria": "Cut one without tears."}


def token_from_the_command_line(school: Campus) -> str:
    """What the operator gets from `lti-tool token create`."""
    settings = school.app.extensions["settings"]
    done = lti_tool(settings.data_dir, "token", "create", "--json", **spelled(settings))
    assert done.returncode == 0, done.stderr
    said: dict[str, str] = json.loads(done.stdout)
    return said["token"]


def token(school: Campus, *, read_only: bool = False) -> str:
    """The same without a process of its own, which takes seconds to start."""
    with transaction():
        return create_token(organization=school.organization, read_only=read_only, days=1)[0]


class Program:
    """An administrator's own program: it knows the tool's address, a token and what OpenAPI says."""

    def __init__(self, school: Campus, token: str) -> None:
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.root = f"{school.url}/api/v1"

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        answer = self.session.request(method, self.root + path, timeout=30, **kwargs)
        assert not self.session.cookies
        return answer

    def read(self, path: str, **query: str) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def make(self, path: str, **fields: Any) -> Any:
        answer = self.call("POST", path, json=fields)
        assert answer.status_code == 201, answer.text
        return answer.json()


def space_of(program: Program, school: Campus, course: str = "biology") -> list[dict[str, Any]]:
    """The Spaces that the LMS's own id of the course leads to."""
    return list(program.read("/spaces", context=school.lms.find_course(course).context_id)["items"])


def learner_named(program: Program, space: str, name: str) -> dict[str, Any]:
    everybody = program.read(f"/spaces/{space}/members", limit="200")["items"]
    [found] = [one for one in everybody if name in str(one["name"])]
    return dict(found)


def table(program: Program, space: str) -> dict[str, dict[str, str]]:
    """The CSV, by e-mail address."""
    answer = program.call("GET", f"/spaces/{space}/progress.csv", params={"separator": "semicolon"})
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    return {row["E-mail"]: row for row in rows}


def test_a_program_finds_the_space_of_a_course_awards_in_it_and_takes_it_back(school: Campus) -> None:
    create_space_with_roster(school)
    with Program(school, token_from_the_command_line(school)) as program:
        [space] = space_of(program, school)
        here = f"/spaces/{space['id']}"
        badge = program.make("/badges", **BADGE)
        objective = program.make(f"{here}/objectives", title="Cut an onion", badge=badge["id"], points=25)
        learner = learner_named(program, space["id"], "O'Connor")
        completion = f"{here}/objectives/{objective['id']}/completions/{learner['id']}"

        done = program.call("PUT", completion).json()
        top = program.read(f"{here}/leaderboard", limit="1")["items"][0]
        row = table(program, space["id"])[learner["email"]]
        award = program.read(f"/awards/{done['award']}")
        _, home = school.open("biology", "siobhan")

        assert (space["name"], space["members"]) == ("Biology 101", 10)
        assert (top["rank"], top["points"], top["name"]) == (1, 25, None)
        assert (row["Cut an onion"], row["Points"]) == ("complete", "25")
        assert award["recipient"] == {"member": learner["id"]}
        assert requests.get(award["public_url"], timeout=20).json()["badge"] == badge["public_url"]
        assert requests.get(award["image_url"], timeout=20).content.startswith(b"\x89PNG")
        assert "1 of 1 objective complete" in words(home)

        undone = program.call("DELETE", completion, json={"reason": "It was a leek."})
        row = table(program, space["id"])[learner["email"]]
        _, home = school.open("biology", "siobhan")

        assert undone.status_code == 204
        assert program.read(f"/awards/{done['award']}")["revoked"] is True
        assert requests.get(award["public_url"], timeout=20).status_code == 410
        assert (row["Cut an onion"], row["Points"]) == ("taken back", "0")
        assert "0 of 1 objective complete" in words(home)


def test_an_award_given_beside_every_space_is_revoked_by_itself(school: Campus) -> None:
    with Program(school, token(school)) as program:
        badge = program.make("/badges", **BADGE)
        award = program.make("/awards", badge=badge["id"], recipient={"email": "guest@example.org"})

        revoked = program.call("POST", f"/awards/{award['id']}/revocation", json={"reason": "Given by mistake."})

        assert revoked.json()["revoked"] is True
        assert requests.get(award["public_url"], timeout=20).status_code == 410
        assert [one["id"] for one in program.read("/awards", badge=badge["id"])["items"]] == [award["id"]]


def test_before_anything_happened_everything_is_empty_and_nothing_fails(school: Campus) -> None:
    with Program(school, token(school)) as program:
        assert space_of(program, school) == []
        assert [one["name"] for one in program.read("/issuers")["items"]] == ["Sandbox LMS"]

        create_space(school)
        [space] = space_of(program, school)
        here = f"/spaces/{space['id']}"

        assert program.read(f"{here}/objectives") == {"items": [], "next": None}
        assert program.read(f"{here}/leaderboard") == {"items": [], "next": None}
        assert [one["role"] for one in program.read(f"{here}/members")["items"]] == ["staff"]
        assert table(program, space["id"]) == {}
        assert program.read("/badges")["items"] == program.read("/awards")["items"] == []


def test_a_program_makes_the_space_and_the_teacher_finds_it_in_the_course(school: Campus) -> None:
    school.open("biology", "helena")
    context = school.lms.find_course("biology").context_id
    in_a_month = (clock.now() + timedelta(days=30)).date().isoformat()
    with Program(school, token(school)) as program:
        made = program.make("/spaces", name="Made by the registry", ends_on=in_a_month, context=context)
        school.do_jobs()
        _, home = school.open("biology", "helena")

        assert "Made by the registry" in words(home)
        assert [one["members"] for one in space_of(program, school)] == [10]
        assert made["context"] == context


def test_what_a_token_does_not_cover_is_refused_with_a_code(school: Campus) -> None:
    create_space(school)
    with Program(school, token(school, read_only=True)) as reader, Program(school, token(school)) as program:
        [space] = space_of(reader, school)
        writing = reader.call("POST", "/badges", json=BADGE)
        stranger = requests.get(f"{reader.root}/spaces", timeout=20)
        nothing = program.call("POST", f"/spaces/{space['id']}/objectives", json={"title": "Read", "kind": "badge"})

        assert (writing.status_code, writing.json()["error"]["code"]) == (403, "api_read_only")
        assert (stranger.status_code, stranger.json()["error"]["code"]) == (401, "api_token_needed")
        assert (nothing.status_code, nothing.json()["error"]["code"]) == (400, "bad_request")
        assert len(writing.json()["error"]["reference"]) == 6
        assert program.read(f"/spaces/{space['id']}/objectives")["items"] == []
