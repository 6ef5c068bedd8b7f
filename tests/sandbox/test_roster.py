"""The roster in pages, with everything a reader has to bear."""


import pytest
import requests

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.behaviours import LinkStyle
from lti_tool.sandbox.faults import RosterFailure
from tests.sandbox.installation import Installation
from tests.sandbox.reading import LARGE, read

BIOLOGY = "/courses/biology/memberships"


def test_every_member_comes_once_in_pages_of_fifty(lms: Installation) -> None:
    pages = read(lms, LARGE)
    members = [member["user_id"] for page in pages for member in page]
    assert [len(page) for page in pages] == [50, 50, 33]
    assert len(set(members)) == 133


def test_members_have_status_roles_and_names(lms: Installation) -> None:
    lms.platform.world.suspend("biology", "dmitri")
    [members] = read(lms, BIOLOGY)
    by_name = {member.get("name"): member for member in members}
    assert by_name["小明 王"]["roles"] == [words.LEARNER]
    assert by_name["Дмитрий Соколов"]["status"] == "Inactive"
    assert by_name['<b>Robert</b> <script>alert(1)</script> & "Sons"']["status"] == "Active"
    assert by_name["Jun Takahashi"]["roles"] == [words.INSTRUCTOR, words.TEACHING_ASSISTANT]
    assert "email" not in by_name["Ngozi Okafor"]


def test_the_test_student_and_the_administrator_are_not_in_it(lms: Installation) -> None:
    [members] = read(lms, BIOLOGY)
    listed = {member["user_id"] for member in members}
    people = lms.platform.world.people
    assert people["test-student-biology"].sub not in listed
    assert people["pat"].sub not in listed
    assert len(listed) == 15


@pytest.mark.parametrize("role", ["Mentor", words.MENTOR])
def test_a_role_filter_holds_on_every_page(lms: Installation, role: str) -> None:
    [members] = read(lms, f"{BIOLOGY}?role={role.replace('#', '%23')}")
    assert [member["name"] for member in members] == ["Ingrid Halvorsen"]


def test_a_limit_makes_pages_shorter_never_longer(lms: Installation) -> None:
    assert [len(page) for page in read(lms, f"{BIOLOGY}?limit=6")] == [6, 6, 3]
    assert len(read(lms, f"{LARGE}?limit=100000")[0]) == 50
    assert lms.get(f"{LARGE}?limit=0", words.ROSTER_TYPE).status_code == 400


def test_a_bookmark_altered_in_any_way_is_refused(lms: Installation) -> None:
    following = lms.get(LARGE, words.ROSTER_TYPE).links["next"]["url"]
    assert lms.get(following, words.ROSTER_TYPE).status_code == 200
    assert lms.get(following.lower(), words.ROSTER_TYPE).status_code == 400
    assert lms.get(f"{following}&limit=10", words.ROSTER_TYPE).status_code == 400
    elsewhere = following.replace("data-literacy", "biology")
    assert lms.get(elsewhere, words.ROSTER_TYPE).status_code == 400


def test_pages_stay_as_they_were_when_people_leave_in_the_middle(lms: Installation) -> None:
    following = lms.get(LARGE, words.ROSTER_TYPE).links["next"]["url"]
    lms.platform.world.withdraw("data-literacy", "learner-0001")
    rest = [member for page in read(lms, following) for member in page]
    assert len(rest) == 83


def test_a_resource_link_adds_its_message_and_an_unknown_one_is_refused(lms: Installation) -> None:
    link = lms.platform.world.courses["data-literacy"].placements["activity"].link_id
    pages = read(lms, f"{LARGE}?rlid={link}")
    custom = pages[2][0]["message"][0][f"{words.CLAIM}custom"]
    assert "course_end" in custom
    assert lms.get(f"{LARGE}?rlid=foreign", words.ROSTER_TYPE).status_code == 404


def test_the_reader_needs_token_scope_and_the_exact_media_type(lms: Installation) -> None:
    address = lms.url + BIOLOGY
    accept = {"Accept": words.ROSTER_TYPE}
    assert requests.get(address, headers=accept, timeout=10).status_code == 401
    wrong = lms.bearer(words.SCORE_SCOPE)
    assert lms.get(BIOLOGY, words.ROSTER_TYPE, wrong).status_code == 403
    assert lms.get(BIOLOGY, "application/json").status_code == 406
    good = lms.get(BIOLOGY, words.ROSTER_TYPE)
    assert good.headers["Content-Type"] == words.ROSTER_TYPE
    assert lms.get("/courses/nothing/memberships", words.ROSTER_TYPE).status_code == 404


def test_privacy_reaches_the_roster(lms: Installation) -> None:
    lms.platform.faults.privacy = "anonymous"
    [members] = read(lms, BIOLOGY)
    assert all(member.keys().isdisjoint({"name", "given_name", "email"}) for member in members)


def test_a_page_can_fail_for_a_while(lms: Installation) -> None:
    lms.platform.faults.roster_failure = RosterFailure(page=2, status=503, body="busy", times=1)
    following = lms.get(LARGE, words.ROSTER_TYPE).links["next"]["url"]
    failed = lms.get(following, words.ROSTER_TYPE)
    assert (failed.status_code, failed.text) == (503, "busy")
    assert lms.get(following, words.ROSTER_TYPE).status_code == 200


def test_a_token_can_go_bad_in_the_middle_once(lms: Installation) -> None:
    lms.platform.faults.roster_unauthorized_on_page = 2
    bearer = lms.bearer()
    following = lms.get(LARGE, words.ROSTER_TYPE, bearer).links["next"]["url"]
    assert lms.get(following, words.ROSTER_TYPE, bearer).status_code == 401
    assert lms.get(following, words.ROSTER_TYPE, bearer).status_code == 401
    assert lms.get(following, words.ROSTER_TYPE).status_code == 200


def test_the_last_page_can_lead_back_to_the_first(lms: Installation) -> None:
    lms.platform.faults.roster_loops = True
    pages = read(lms, LARGE, most=8)
    assert len(pages) == 8
    assert pages[0] == pages[3] == pages[6]


def test_pages_can_be_compressed_and_huge(lms: Installation) -> None:
    lms.platform.faults.roster_gzip = True
    lms.platform.faults.roster_padding = 5_000_000
    answer = lms.get(BIOLOGY, words.ROSTER_TYPE)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < 100_000
    assert len(answer.content) > 5_000_000


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("plain", '<{url}>; rel="next"'),
        ("unquoted", "<{url}>; rel=next"),
        ("upper", '<{url}>;REL="NEXT"'),
        ("relative", '</courses/data-literacy/memberships?page={page}>; rel="next"'),
        ("listed", '<{url}> ; title="a, b; rel=\\"last\\"" ; rel="alternate next"'),
    ],
)
def test_the_next_link_is_spelled_in_many_ways(lms: Installation, style: LinkStyle, expected: str) -> None:
    lms.platform.faults.link_style = style
    header = lms.get(LARGE, words.ROSTER_TYPE).headers["Link"]
    page = header.partition("page=")[2].partition(">")[0]
    assert header == expected.format(url=f"{lms.url}{LARGE}?page={page}", page=page)


def test_links_can_come_in_several_headers(lms: Installation) -> None:
    lms.platform.faults.link_style = "several"
    answer = lms.get(LARGE, words.ROSTER_TYPE)
    assert len(answer.raw.headers.getlist("Link")) == 2
    assert [len(page) for page in read(lms, LARGE)] == [50, 50, 33]


def test_a_next_link_may_hold_commas_and_semicolons(lms: Installation) -> None:
    lms.platform.faults.link_style = "punctuated"
    header = lms.get(LARGE, words.ROSTER_TYPE).headers["Link"]
    address = header.partition("<")[2].partition(">")[0]
    assert address.endswith(",;")
    assert lms.get(address, words.ROSTER_TYPE).status_code == 200
    assert lms.get(address.removesuffix(",;"), words.ROSTER_TYPE).status_code == 400


def test_a_platform_without_the_service_grants_no_scope_and_answers_nothing(lms: Installation) -> None:
    before = lms.bearer()
    lms.platform.faults.without_roster = True
    assert lms.ask_token(words.ROSTER_SCOPE).json()["error"] == "invalid_scope"
    assert lms.get(BIOLOGY, words.ROSTER_TYPE, before).status_code == 404
