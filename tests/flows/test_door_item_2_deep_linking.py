"""Item 2, deep linking: a teacher picks what a link opens, and the link opens exactly that."""

import requests

from lti_tool.launch.deep_linking.response import D
from tests.flows.picking import DEEP_LINKING, choose, go_back, open_picker, picked, send
from tests.flows.steps import add_objective, create_space, create_space_with_roster, mark_complete
from tests.make.hands import buttons, follow, heading, press
from tests.make.lms import Browser, Campus, forms, words


def prepare(school: Campus, *objectives: str) -> tuple[Browser, requests.Response]:
    """A Space with these objectives. Answers the teacher's browser and the overview."""
    teacher, overview = create_space(school)
    for title in objectives:
        add_objective(teacher, overview, title)
    return teacher, overview


def view_of(picker: requests.Response, title: str) -> str:
    """What the choice with this title sends."""
    before, _, _ = picker.text.partition(f"<bdi>{title}</bdi></label>")
    return before.rpartition('value="')[2].partition('"')[0]


def add_links(school: Campus, *titles: str, **fields: str) -> list[str]:
    """A teacher adds links to these. Answers the keys of the new links in the course."""
    browser, picker = open_picker(school)
    go_back(browser, choose(browser, picker, *(view_of(picker, title) for title in titles), **fields))
    return [placement.key for placement in school.lms.deep_links.answers[-1].placements]


def open_link(school: Campus, link: str, person: str) -> requests.Response:
    return school.open("biology", person, link)[1]


def test_a_teacher_picks_and_the_links_open_exactly_that(school: Campus) -> None:
    prepare(school, "Explore the lab", "Write a report")

    home, lab, board = add_links(school, "Biology 101", "Write a report", "Leaderboard")

    assert heading(open_link(school, home, "siobhan")) == "My progress"
    assert heading(open_link(school, lab, "siobhan")) == "Write a report"
    assert heading(open_link(school, lab, "helena")) == "Write a report"
    assert heading(open_link(school, board, "helena")) == "Leaderboard"


def test_the_picker_goes_back_by_a_form_that_our_own_policy_allows(school: Campus) -> None:
    prepare(school)
    browser, picker = open_picker(school)

    answer = choose(browser, picker, "home")

    policy = answer.headers["Content-Security-Policy"]
    assert f"form-action 'self' {school.lms.settings.url};" in policy
    assert f"form-action 'self' {school.lms.settings.url};" not in picker.headers["Content-Security-Policy"]
    assert "answer.js" in answer.text, "it sends itself where scripts run"
    assert heading(go_back(browser, answer)) == "Added to Biology 101"


def test_before_there_is_a_space_it_is_made_on_the_way_and_picking_goes_on(school: Campus) -> None:
    browser, offer = open_picker(school)

    picker = press(browser, offer, "Create the Space")
    go_back(browser, choose(browser, picker, "home"))

    assert heading(offer) == "First create the Space of this course"
    assert heading(picker) == "What shall the link open?"
    assert [item["title"] for item in picked(school)] == ["Biology 101"]


def test_a_space_without_objectives_still_has_its_start_and_its_leaderboard(school: Campus) -> None:
    prepare(school)
    _, picker = open_picker(school)

    assert "Biology 101" in words(picker)
    assert "Leaderboard It is off: learners see it once a teacher switches it on." in words(picker)


def test_data_goes_back_as_it_came_and_only_where_it_came(school: Campus) -> None:
    create_space(school)
    for sent in ("", "opaque &=%2B ü \U0001f600", "x" * 5000, {"of": ["a platform", 7]}, None):
        browser, picker = open_picker(school, data=sent)

        go_back(browser, choose(browser, picker, "home"))

        assert school.lms.deep_links.answers[-1].claims.get(D + "data") == sent


def test_a_title_of_ones_own_for_several_links_is_not_dropped_in_silence(school: Campus) -> None:
    prepare(school)
    browser, picker = open_picker(school)

    again = choose(browser, picker, "home", "leaderboard", title="Week 3")

    assert (again.status_code, 'value="Week 3"' in again.text) == (422, True)
    assert "A title of your own fits one link." in words(again)


def test_where_one_is_taken_one_is_sent(school: Campus) -> None:
    prepare(school, "Explore the lab")
    browser, picker = open_picker(school, accept_multiple=False)

    two = choose(browser, picker, "home", "leaderboard")
    one = go_back(browser, choose(browser, picker, "leaderboard"))

    assert picker.text.count('type="radio"') == 3
    assert (two.status_code, "The LMS takes one at a time. Choose one." in words(two)) == (422, True)
    assert heading(one) == "Added to Biology 101"
    assert len(picked(school)) == 1


def test_an_objective_brings_its_column_where_it_is_taken_and_wanted(school: Campus) -> None:
    prepare(school, "Explore the lab")
    columns = []
    for takes, wants in ((True, "y"), (True, None), (False, "y"), (None, "y")):
        browser, picker = open_picker(school, accept_lineitem=takes)
        go_back(browser, choose(browser, picker, view_of(picker, "Explore the lab"), column=wants))

        assert ("Add a column to the gradebook" in words(picker)) is bool(takes)
        [item] = picked(school)
        columns.append(item.get("lineItem"))

    objective = item["custom"]["view"].removeprefix("objective:")
    said = {
        "label": "Explore the lab", "scoreMaximum": 10, "resourceId": objective, "tag": "spaces:objective:v1",
        "submissionReview": {"reviewableStatus": ["InProgress", "Submitted", "Completed"]},
    }  # fmt: skip
    assert columns == [said, None, None, None]


def test_the_column_of_a_picked_objective_shows_its_points_whoever_was_done_first(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Explore the lab")
    mark_complete(teacher, overview, "Siobhán O'Connor")
    [lab] = add_links(school, "Explore the lab", column="y")
    [column] = [one for one in school.lms.gradebook.items("biology") if one.label == "Explore the lab"]
    open_link(school, lab, "siobhan")
    school.do_jobs()

    mark_complete(teacher, overview, "Ngozi Okafor")
    school.do_jobs()

    points = {one.sub: one.result(column.score_maximum) for one in school.lms.gradebook.scores(column)}
    people = school.lms.world.people
    assert points == {people["siobhan"].sub: 10, people["ngozi"].sub: 10}
    columns = [(one.label, one.score_maximum) for one in school.lms.gradebook.items("biology")]
    assert sorted(columns) == [("Biology 101: objectives completed", 1), ("Explore the lab", 10)]
    assert len(school.lms.gradebook.history) == 4, "each of the two once in each of the two columns"
    assert "column of its own" in words(follow(teacher, overview, "Progress"))


def test_no_column_is_asked_for_that_this_tool_may_not_fill(school: Campus) -> None:
    school.lms.faults.without_gradebook = True
    prepare(school, "Explore the lab")
    browser, picker = open_picker(school)

    go_back(browser, choose(browser, picker, view_of(picker, "Explore the lab"), column="y"))

    assert "lineItem" not in picked(school)[0]


def test_a_link_has_the_title_and_the_days_that_the_teacher_gave_it(school: Campus) -> None:
    prepare(school, "Explore the lab")
    browser, picker = open_picker(school)
    said = {"title": " Week 3: the lab ", "opens_on": "2027-01-11", "due_on": "2027-01-15"}

    backwards = choose(browser, picker, "home", opens_on="2027-01-15", due_on="2027-01-11")
    go_back(browser, choose(browser, picker, view_of(picker, "Explore the lab"), **said))

    [item] = picked(school)
    assert (item["title"], item["lineItem"]["label"]) == ("Week 3: the lab", "Week 3: the lab")
    assert item["available"] == {"startDateTime": "2027-01-11T00:00:00Z"}
    assert item["submission"] == {"endDateTime": "2027-01-15T23:59:59Z"}
    assert (backwards.status_code, "It cannot end before it begins." in words(backwards)) == (422, True)
    assert 'value="home" checked' in backwards.text, "what was ticked stays ticked"


def test_a_place_that_takes_no_links_is_told_apart_and_gets_an_empty_answer(school: Campus) -> None:
    create_space(school)
    for types in (["file"], [], "html", ["unknown"], None):
        browser, page = open_picker(school, accept_types=types)

        back = go_back(browser, press(browser, page, "Back without adding anything"))

        assert heading(page) == "This place takes no links to this tool", types
        assert (back.status_code, picked(school)) == (200, [])


def test_going_back_without_a_choice_returns_an_empty_answer_with_a_word(school: Campus) -> None:
    prepare(school)
    browser, picker = open_picker(school)

    nothing = choose(browser, picker)
    back = go_back(browser, press(browser, picker, "Back without adding anything"))

    assert (nothing.status_code, "Choose what to add" in words(nothing)) == (422, True)
    assert picked(school) == []
    assert "Nothing was added." in words(back)


def test_a_selection_is_sent_once(school: Campus) -> None:
    prepare(school)
    browser, picker = open_picker(school)
    choose(browser, picker, "home")

    again = choose(browser, picker, "leaderboard")
    reloaded = browser.get(picker.url)

    for page in (again, reloaded):
        assert (page.status_code, heading(page)) == (409, "This selection was sent already")


def test_the_same_launch_twice_lands_on_the_same_picker(school: Campus) -> None:
    prepare(school)
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena", message=DEEP_LINKING))
    fields = school.authorize(browser, asked)

    first, second = (browser.post("/lti/launch", fields) for _ in range(2))

    assert first.url == second.url
    assert first.url.endswith("/pick")
    assert heading(second) == "What shall the link open?"


def test_a_learner_who_comes_to_pick_is_told_why_not_and_gets_back(school: Campus) -> None:
    prepare(school)
    browser, page = send(school, DEEP_LINKING, "biology", "siobhan")
    [form] = [one for one in forms(page) if one.action.endswith("/pick/cancel")]

    forced = browser.post(page.url, {**form.fields, "view": "home"})
    back = go_back(browser, press(browser, page, "Back without adding anything"))

    assert buttons(page) == ["Back without adding anything"]
    assert heading(page) == "Teachers choose here what is added to the course"
    assert (forced.status_code, "not_allowed" in words(forced)) == (403, True)
    assert (back.status_code, picked(school)) == (200, [])


def test_an_assistant_picks_where_there_is_a_space_and_waits_where_there_is_none(school: Campus) -> None:
    _, before = send(school, DEEP_LINKING, "biology", "jun")
    prepare(school)
    _, after = send(school, DEEP_LINKING, "biology", "jun")

    assert heading(before) == "There is no Space here yet"
    assert heading(after) == "What shall the link open?"


def test_a_link_to_the_leaderboard_waits_until_it_is_on(school: Campus) -> None:
    teacher, overview = prepare(school)
    [board] = add_links(school, "Leaderboard")

    closed = open_link(school, board, "siobhan")
    press(teacher, follow(teacher, overview, "Leaderboard"), "Turn the leaderboard on")
    opened = open_link(school, board, "siobhan")

    assert heading(closed) == "This is closed at the moment"
    assert heading(opened) == "Leaderboard"


def test_a_link_to_an_objective_of_another_course_leads_to_nothing(school: Campus) -> None:
    prepare(school, "Explore the lab")
    [lab] = add_links(school, "Explore the lab")
    stranger = school.lms.world.courses["biology"].placements[lab]
    school.lms.world.courses["data-literacy"].placements["stolen"] = stranger
    create_space(school, "data-literacy")

    _, page = school.open("data-literacy", "helena", "stolen")

    assert (page.status_code, heading(page)) == (404, "This link leads to nothing in this course")
    assert "Explore the lab" not in words(page)
    assert "/v/" in page.url


def test_a_link_that_was_copied_along_says_that_it_comes_from_an_earlier_course(school: Campus) -> None:
    prepare(school, "Explore the lab")
    [home, lab] = add_links(school, "Biology 101", "Explore the lab")
    earlier, copy = (school.lms.world.courses[key] for key in ("biology", "data-literacy"))
    copy.placements |= {"home": earlier.placements[home], "lab": earlier.placements[lab]}
    copy.history = (earlier.context_id,)

    starts = [school.open("data-literacy", "helena", link)[1] for link in ("lab", "home")]
    create_space(school, "data-literacy")
    _, page = school.open("data-literacy", "helena", "lab")

    assert {heading(start) for start in starts} == {"Create the Space of this course"}, "that comes first"
    assert (page.status_code, heading(page)) == (200, "This link comes from an earlier course")


def test_a_link_before_there_is_a_space_leads_to_the_start(school: Campus) -> None:
    school.lms.faults.launch_claims = {"custom": {"view": "leaderboard"}}

    _, page = school.open("biology", "siobhan")

    assert heading(page) == "Your teacher is still setting this up"


def test_a_link_that_names_nothing_is_answered_as_not_found_and_leads_to_the_start(school: Campus) -> None:
    create_space(school)
    for view in ("members", "objective:1", "objective", "home:" + "a" * 32, "../admin", "objective:" + "f" * 32):
        school.lms.faults.launch_claims = {"custom": {"view": view}}

        browser, page = school.open("biology", "siobhan")

        assert (page.status_code, heading(page)) == (404, "This link leads to nothing in this course"), view
        assert heading(follow(browser, page, "Back to the start page")) == "My progress"
