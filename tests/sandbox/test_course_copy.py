"""A course that the sandbox copies: new ids with their histories, links and columns that came along, and no grades."""

from datetime import UTC, datetime, timedelta

import requests

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.gradebook import Score
from tests.sandbox.installation import Installation

CUSTOM = f"{words.CLAIM}custom"


def test_context_and_links_get_ids_of_their_own_and_tell_their_history(lms: Installation) -> None:
    first = lms.platform.world.courses["biology"]
    second = lms.platform.copy_course("biology")
    third = lms.platform.copy_course(second)

    said = lms.platform.claims(third.key, "helena", link="activity")

    assert len({one.context_id for one in (first, second, third)}) == 3
    assert said[CUSTOM]["context_history"] == f"{second.context_id},{first.context_id}"
    links = [one.placements["activity"].link_id for one in (first, second, third)]
    assert said[f"{words.CLAIM}resource_link"]["id"] == links[2]
    assert said[CUSTOM]["link_history"] == f"{links[1]},{links[0]}"


def test_ids_in_a_history_are_url_encoded(lms: Installation) -> None:
    lms.platform.world.courses["biology"].context_id = "course 1,a"
    copy = lms.platform.copy_course("biology")

    assert lms.platform.claims(copy.key, "helena")[CUSTOM]["context_history"] == "course%201%2Ca"


def test_a_course_from_scratch_has_no_history(lms: Installation) -> None:
    assert lms.platform.claims("biology", "helena")[CUSTOM]["context_history"] == "$Context.id.history"


def test_columns_come_along_with_all_their_members_and_nobodys_score(lms: Installation) -> None:
    book, course = lms.platform.gradebook, lms.platform.world.courses["biology"]
    link = course.placements["activity"].link_id
    members = {"label": "Cells", "scoreMaximum": 10, "resourceId": "r", "tag": "t", "resourceLinkId": link}
    item = book.add("biology", {**members, "https://example.org/more": 1})
    now = datetime.now(UTC) - timedelta(minutes=1)
    sub = lms.platform.world.people["amelie"].sub
    book.record(item, Score(sub, 1, 1, None, "Completed", "FullyGraded", now))

    copy = lms.platform.copy_course("biology")

    [came] = book.items(copy.key)
    assert came.id != item.id
    own = copy.placements["activity"].link_id
    assert came.members == {**members, "https://example.org/more": 1, "resourceLinkId": own}
    assert own != link
    assert (book.scores(came), len(book.scores(item))) == ([], 1)


def test_staff_come_along_and_learners_do_not(lms: Installation) -> None:
    copy = lms.platform.copy_course("biology")

    assert "helena" in copy.enrolments
    assert not any(words.LEARNER in one.roles for one in copy.enrolments.values())


def test_a_teacher_copies_a_course_by_a_button_and_a_learner_has_none(lms: Installation) -> None:
    page = f"{lms.url}/courses/biology/as/{{}}/menu"
    teacher, learner = (requests.get(page.format(who), timeout=10).text for who in ("helena", "siobhan"))
    address = f"{lms.url}/courses/biology/copy"

    made = requests.post(address, data={"as": "helena"}, timeout=10)
    refused = requests.post(address, data={"as": "siobhan"}, timeout=10)

    assert "Copy this course for the next term" in teacher
    assert "Copy this course" not in learner
    assert (made.status_code, refused.status_code) == (200, 403)
    assert "<h1>Biology 101, next term</h1>" in made.text
    assert len(lms.platform.world.courses) == 3
