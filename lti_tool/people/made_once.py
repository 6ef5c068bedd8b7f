"""A form for something new makes one thing, however often it is sent.

It carries the id of what it will make. Whoever acts on it looks first whether that is there already; of two who press
at once the second waits for the first, and finds what they have made.
"""

import re
import time
from typing import Any

from sqlalchemy import select
from wtforms import HiddenField

from lti_tool.db import db, new_id
from lti_tool.people.model import Person
from lti_tool.web import PageForm

_MADE = re.compile("[0-9a-f]{32}")
_DAY = 86_400_000


class MakesOne(PageForm):
    """`made` is the id that the new thing will bear, or, where ids are public, what its id is drawn from."""

    made = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_fresh_id(self.made.data):
            self.made.data = new_id()


def one_at_a_time(person: str) -> None:
    """Whatever else this person makes waits until this transaction ends. It comes before anything else is held."""
    db.session.execute(select(Person.id).where(Person.id == person).with_for_update(key_share=True)).all()


def is_fresh_id(made: str | None) -> bool:
    """Is it an id of ours, of the last few days?"""
    if made is None or not _MADE.fullmatch(made):
        return False
    age = time.time() * 1000 - int(made[:12], 16)
    return -60_000 < age < 7 * _DAY
