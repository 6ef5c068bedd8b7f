"""Erasing a person: every keeper takes out what it has, and a row without a name stays, so that totals do."""

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.people.model import Person
from lti_tool.people.privacy.keeping import keepers
from lti_tool.people.privacy.whose import whose
from lti_tool.words import to_say

name_deeds(
    {
        "person.erased": to_say("Erased a person"),
        "person.exported": to_say("Exported what is kept of a person"),
    }
)


def erase_person(person_id: str) -> bool:
    """Says whether there was anything to erase: a second time changes nothing. Raises `Problem` not_found.

    Their row is taken first: of two who erase them at once, the second finds it done.
    """
    held = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    person = db.session.scalar(held.execution_options(populate_existing=True))
    if person is not None and person.erased_at is not None:
        return False
    theirs = whose(person_id)
    for keeper in keepers():
        if keeper.hold is not None:
            keeper.hold(theirs)
    for keeper in keepers():
        keeper.erase(theirs)
    note_deed("person.erased", subject=person_id, organization=theirs.organization)
    return True


def note_export(person_id: str, organization: str) -> None:
    note_deed("person.exported", subject=person_id, organization=organization)
