"""Workshop item 9, the audit log: an issuer's people read who defined, changed, gave and took back what."""

import re

from sqlalchemy import update

from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from tests.flows.steps import add_objective, mark_complete
from tests.flows.test_workshop_item_1_issuers_and_badges import owner
from tests.make.hands import follow, press
from tests.make.lms import Campus, words


def test_the_history_tells_every_deed_and_names_whoever_is_known(school: Campus) -> None:
    teacher, issuer = owner(school)
    empty = words(follow(teacher, issuer, "History"))
    overview = teacher.get(issuer.url.split("issuers/")[0])
    add_objective(teacher, overview, "Cut an onion")
    grid = mark_complete(teacher, overview, "O'Connor")
    press(teacher, grid, "Undo")
    badge = follow(teacher, teacher.get(issuer.url), "Cut an onion")
    press(teacher, follow(teacher, badge, "Edit"), "Save", badge_name="Cut two onions")

    history = follow(teacher, teacher.get(issuer.url), "History")
    told = [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<p class="deed">(.*?)</p>', history.text, re.DOTALL)]
    with transaction():
        db.session.execute(update(Person).values(name=None, email=None))
    nameless = words(teacher.get(history.url))
    student, home = school.open("biology", "siobhan")
    refused = student.get(history.url.replace(overview.url, home.url))

    assert "Nothing is in the log yet" in empty
    who = told[0].split(" changed")[0]
    assert told == [
        f"{who} changed the badge Cut two onions (words).",
        f"{who} revoked an award of the badge Cut two onions.",
        f"{who} gave somebody the badge Cut two onions.",
        f"{who} made the badge Cut two onions.",
    ]
    assert "Helena" in who
    assert "Siobhán" not in history.text
    assert (who in nameless, "Somebody of the LMS made the badge" in nameless) == (False, True)
    assert refused.status_code == 403
