"""Objectives that take evidence, and learners' browsers that hand it in."""

import io
import zipfile
from typing import Any

from flask import Flask
from PIL import Image

from lti_tool.db import db, transaction
from lti_tool.people.visit import Role
from lti_tool.spaces.evidence.handing_in import Typed, hand_in
from lti_tool.spaces.model import Member, Objective
from tests.make.space import make_objective
from tests.make.visit import Visitor, make_visit


def make_evidence_objective(
    space: str, organization: str, title: str = "Explore the lab", evidence: str = "required", **words: Any
) -> str:
    """A manual objective that takes evidence. Answers its id."""
    objective = make_objective(space, organization, title, **words)
    with transaction():
        db.session.get_one(Objective, objective).evidence = evidence
    return objective


def make_handed_in(objective: str, member: str, text: str = "I did it.", *, send: bool = True, **typed: Any) -> str:
    """An attempt that waits for review, or a draft. Answers its id."""
    with transaction():
        return hand_in(objective, member, Typed(text, **typed), send=send).id


def learner_visit(app: Flask, organization: str, space: str, member: str, **kwargs: Any) -> Visitor:
    """The learner's own browser in the Space."""
    person = str(db.session.get_one(Member, member).person_id)
    return make_visit(app, organization=organization, person=person, space=space, role=Role.MEMBER, **kwargs)


def a_picture(form: str = "PNG", size: tuple[int, int] = (20, 20)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, form)
    return out.getvalue()


def a_package(*names: str, content: bytes = b"<xml/>", **odd: bytes) -> bytes:
    """A ZIP file with these parts; by default what Word writes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in names or ("[Content_Types].xml", "word/document.xml"):
            package.writestr(name, odd.get(name, content))
    return out.getvalue()
